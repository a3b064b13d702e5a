import { type Handled, type ReceivedCommand, silent } from '@daybook/core';
import type { Channel } from 'amqplib';
import fc from 'fast-check';
import { partitionOf } from './partition.ts';
import { accepted, commandOf, eventually, TestBroker } from './test-broker.ts';
import { commandQueuesOf, incomingQueueOf, parkedQueueOf, partitionQueueOf } from './topology.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
afterEach(() => broker.closeAll());
afterAll(() => broker.stop(), 60_000);

/** Parks what isn't an object, accepts the rest. */
async function handle({ body, commandId }: ReceivedCommand): Promise<Handled> {
  if (String(body).startsWith('{')) return { reply: accepted(commandId) };
  const error = { code: 'not_json', message: 'the body is not JSON' };
  return { reply: { status: 'invalid', command_id: commandId ?? null, error }, park: error };
}

async function start() {
  const [service, gateway] = [await broker.bus(), await broker.bus()];
  await service.consume('loans', handle);
  const channel = await (await broker.plain()).createChannel();
  return { service, gateway, channel };
}

const partition = partitionOf('c-0');
const losses: readonly [string, (channel: Channel) => Promise<unknown>][] = [
  ['the exchange of commands', (channel) => channel.deleteExchange('commands')],
  ['the exchange of what is parked', (channel) => channel.deleteExchange('parked')],
  ['the exchange of announcements', (channel) => channel.deleteExchange('commands.members')],
  ['the queue of a partition', (channel) => channel.deleteQueue(partitionQueueOf('loans', partition))],
  ['the queue of commands without a partition', (channel) => channel.deleteQueue(incomingQueueOf('loans'))],
  ['the queue of what is parked', (channel) => channel.deleteQueue(parkedQueueOf('loans'))],
  [
    'the binding of a partition',
    (channel) => channel.unbindQueue(partitionQueueOf('loans', partition), 'commands', `loans.*.${partition}`),
  ],
  [
    'the binding of what is parked',
    (channel) => channel.unbindQueue(parkedQueueOf('loans'), 'parked', parkedQueueOf('loans')),
  ],
];

test.each(losses)('%s is lost while connected: declared again at once, and commands are answered', async (_, lose) => {
  const { gateway, channel } = await start();
  await lose(channel);
  expect(await gateway.request(commandOf('c-0'), { timeoutMs: 8_000 })).toEqual(accepted('c-0'));
  expect(await gateway.request(commandOf('c-1', 'no object'), { timeoutMs: 8_000 })).toMatchObject({
    status: 'invalid',
  });
  await eventually(async () => (await channel.checkQueue(parkedQueueOf('loans'))).messageCount === 1);
});

test('a service that does nothing notices a lost exchange when it is asked how it is, and mends it', async () => {
  const idle = await broker.bus({ log: silent });
  const channel = await (await broker.plain()).createChannel();
  for (const exchange of ['commands', 'parked']) await channel.deleteExchange(exchange);
  await idle.ping();
  for (const exchange of ['commands', 'parked']) await channel.checkExchange(exchange);
  const plain = await (await broker.plain()).createConfirmChannel();
  const returned: string[] = [];
  plain.on('return', ({ fields }) => returned.push(fields.routingKey));
  for (const queue of commandQueuesOf('loans')) {
    const number = queue.split('.').at(-1);
    const key = number === 'incoming' ? 'loans.RequestLoan' : `loans.RequestLoan.${number}`;
    plain.publish('commands', key, Buffer.from('{}'), { mandatory: true });
  }
  await plain.waitForConfirms();
  expect(returned).toEqual([]);
});

test('whatever is lost together, in any order, again and again', async () => {
  const { service, gateway, channel } = await start();
  let n = 0;
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...losses], { minLength: 1, maxLength: 4 }), async (lost) => {
      for (const [, lose] of lost) await lose(channel);
      for (const body of [{}, 'no object']) {
        const id = `any-${n++}`;
        const status = typeof body === 'string' ? 'invalid' : 'accepted';
        expect(await gateway.request(commandOf(id, body), { timeoutMs: 20_000 })).toMatchObject({ status });
      }
      // Bound again by whoever needs it: what is lost twice must be there in between.
      const isWell = () =>
        Promise.all([service.ping(), gateway.ping()]).then(
          () => true,
          () => false,
        );
      await eventually(isWell, 30);
      await gateway.publish(commandOf('c-0'));
      await gateway.request(commandOf(`parked-${n}`, 'no object'), { timeoutMs: 20_000 });
    }),
    { numRuns: 8, endOnFailure: true },
  );
}, 180_000);
