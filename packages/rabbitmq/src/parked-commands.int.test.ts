import { type Handled, type ParkedCommands, type ReceivedCommand, silent, Unavailable } from '@daybook/core';
import type { ConsumeMessage } from 'amqplib';
import { connectParkedCommands } from './connect-parked-commands.ts';
import { partitionOf } from './partition.ts';
import { acceptAll, accepted, commandOf, eventually, TestBroker } from './test-broker.ts';

const broker = new TestBroker();
let parked: ParkedCommands;
beforeAll(() => broker.start(), 120_000);
beforeEach(async () => {
  parked = await connectParkedCommands({ url: broker.server.url, contexts: ['loans'], log: silent });
});
afterEach(async () => {
  await parked.close();
  await broker.closeAll();
});
afterAll(() => broker.stop(), 60_000);

async function parkAll({ commandId }: ReceivedCommand): Promise<Handled> {
  const reason = {
    code: 'broken',
    message: 'it broke\nbadly',
    stack: 'Error: it broke\n  at decide',
    attempts: 3,
  };
  return { reply: { status: 'failed', command_id: commandId ?? null, error: reason }, park: reason };
}

/** Has a service park commands with these ids, one after the other. */
async function park(...ids: string[]): Promise<void> {
  const bus = await broker.bus();
  const consumer = await bus.consume('loans', parkAll);
  for (const id of ids) await bus.request({ ...commandOf(id, { id }), actor: 'ada' }, { timeoutMs: 5_000 });
  await consumer.stop();
}

async function depth(): Promise<number> {
  const channel = await (await broker.plain()).createChannel();
  const { messageCount } = await channel.checkQueue('commands.loans.parked');
  await channel.close();
  return messageCount;
}

const idsOf = async () => (await parked.list('loans', 100)).map(({ id }) => id);

test('shown whole, the oldest first; looking changes nothing, however often', async () => {
  await park('one', 'two', 'three');
  for (let look = 0; look < 30; look++) expect(await idsOf()).toEqual(['one', 'two', 'three']);
  expect(await parked.list('loans', 1)).toEqual([
    {
      id: 'one',
      type: 'RequestLoan',
      routingKey: `loans.RequestLoan.${partitionOf('one')}`,
      correlationId: 'one',
      headers: { actor: 'ada' },
      body: '{"id":"one"}',
      code: 'broken',
      reason: 'it broke\nbadly',
      stack: 'Error: it broke\n  at decide',
      attempts: 3,
      parkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    },
  ]);
  await eventually(async () => (await depth()) === 3);
});

test('replayed, a command comes as it was sent, and is parked no more', async () => {
  await park('one', 'two');
  const seen: ReceivedCommand[] = [];
  await (await broker.bus()).consume('loans', acceptAll(seen));
  expect(await parked.replay('loans', ['two', 'unknown'])).toBe(1);
  await eventually(() => seen.length === 1);
  expect(seen[0]).toMatchObject({ type: 'RequestLoan', commandId: 'two', correlationId: 'two', actor: 'ada' });
  expect(seen[0]?.body).toBe('{"id":"two"}');
  expect(await idsOf()).toEqual(['one']);
});

test('of the headers a replay has only those of the sender, and it goes to the partition that it came from', async () => {
  await park('one');
  expect(await parked.replay('loans', ['one'])).toBe(1);
  const [message] = await taken(partitionOf('one'), 1);
  // RabbitMQ adds a header of its own.
  const { 'x-delivery-count': _, ...headers } = message?.properties.headers ?? {};
  expect(headers).toEqual({ actor: 'ada' });
  expect(message?.fields.routingKey).toBe(`loans.RequestLoan.${partitionOf('one')}`);
});

/** Takes messages out of a partition's queue, as nobody should. */
async function taken(partition: number, count: number): Promise<ConsumeMessage[]> {
  const channel = await (await broker.plain()).createChannel();
  const messages: ConsumeMessage[] = [];
  const take = (message: ConsumeMessage | null) => message && messages.push(message);
  await channel.consume(`commands.loans.${partition}`, take, { noAck: true });
  await eventually(() => messages.length === count);
  return messages;
}

test('what fails again is parked again', async () => {
  await park('one');
  await (await broker.bus()).consume('loans', parkAll);
  expect(await parked.replay('loans', ['one'])).toBe(1);
  await eventually(async () => (await idsOf()).length === 1);
});

test('discarded, it is gone, and the others are not', async () => {
  await park('one', 'two', 'three');
  expect(await parked.discard('loans', ['two'])).toBe(1);
  expect(await idsOf()).toEqual(['one', 'three']);
  expect(await parked.discard('loans', ['two'])).toBe(0);
});

test('a message without an id has a name, and what the broker set aside says so', async () => {
  const channel = await (await broker.plain()).createConfirmChannel();
  channel.publish('commands', 'loans.RequestLoan', Buffer.from('{}'), { type: 'RequestLoan' });
  await channel.waitForConfirms();
  await channel.consume('commands.loans.incoming', (message) => message && channel.reject(message, false));
  await eventually(async () => (await idsOf()).length === 1);
  const [found] = await parked.list('loans', 1);
  expect(found).toMatchObject({
    id: expect.stringMatching(/^no-id-[0-9a-f]{12}$/),
    routingKey: 'loans.RequestLoan',
    headers: {},
    code: 'dead_lettered',
    reason: 'set aside by the broker: rejected',
  });
  expect(await parked.discard('loans', [found?.id ?? ''])).toBe(1);
});

test('two copies of one command are two, and one is replayed at a time', async () => {
  await park('one', 'one');
  const bus = await broker.bus();
  await bus.consume('loans', async ({ commandId }) => ({ reply: accepted(commandId) }));
  expect(await parked.replay('loans', ['one'])).toBe(1);
  expect(await idsOf()).toEqual(['one']);
});

test('a broker that is not there is not waited for', async () => {
  const url = 'amqp://guest:guest@127.0.0.1:1';
  await expect(connectParkedCommands({ url, contexts: [], log: silent })).rejects.toThrow(Unavailable);
});
