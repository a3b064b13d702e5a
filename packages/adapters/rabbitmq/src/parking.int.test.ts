import type { Handled, ReceivedCommand } from '@daybook/core';
import { partitionOf } from './partition.ts';
import { accepted, commandOf, TestBroker } from './test-broker.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
afterEach(() => broker.closeAll());
afterAll(() => broker.stop(), 60_000);

const reason = { code: 'not_json', message: 'the body is not JSON', stack: 'Error: at parse' };

/** Parks what isn't JSON, accepts the rest. */
async function parkMalformed({ body, commandId }: ReceivedCommand): Promise<Handled> {
  if (String(body).startsWith('{')) return { reply: accepted(commandId) };
  const reply = { status: 'invalid', command_id: commandId ?? null, error: reason } as const;
  return { reply, park: reason };
}

test('a poison message is set aside whole, with the reason, and the next one goes through', async () => {
  const bus = await broker.bus();
  await bus.consume('loans', parkMalformed);
  const channel = await (await broker.plain()).createChannel();
  channel.publish('commands', 'loans.RequestLoan', Buffer.from([0xff, 0x00, 0x7b]), {
    messageId: 'poison',
    correlationId: 'talk',
    type: 'RequestLoan',
    contentType: 'application/json',
    contentEncoding: 'none',
    expiration: '60000',
    timestamp: 1_700_000_000,
    priority: 3,
    appId: 'by hand',
    headers: { actor: 'ada', depth: 7, nested: { list: [1, 'two'] } },
  });
  expect(await bus.request(commandOf('next'), { timeoutMs: 5_000 })).toEqual(accepted('next'));

  const { content, properties } = await broker.parked();
  expect([...content]).toEqual([0xff, 0x00, 0x7b]);
  expect(properties).toMatchObject({
    messageId: 'poison',
    correlationId: 'talk',
    type: 'RequestLoan',
    contentType: 'application/json',
    contentEncoding: 'none',
    timestamp: 1_700_000_000,
    priority: 3,
    appId: 'by hand',
    deliveryMode: 2,
    expiration: undefined,
  });
  expect(properties.headers).toMatchObject({
    actor: 'ada',
    depth: 7,
    nested: { list: [1, 'two'] },
    'x-parked-code': 'not_json',
    'x-parked-reason': 'the body is not JSON',
    'x-parked-stack': 'Error: at parse',
    'x-parked-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    'x-parked-routing-key': `loans.RequestLoan.${partitionOf('poison')}`,
    'x-parked-expiration': '60000',
  });
});

test('whoever sent a poison message is told', async () => {
  const bus = await broker.bus();
  await bus.consume('loans', parkMalformed);
  const reply = await bus.request(commandOf('c-1', 'a string'), { timeoutMs: 5_000 });
  expect(reply).toMatchObject({ status: 'invalid', command_id: 'c-1', error: { code: 'not_json' } });
  expect((await broker.parked()).content.toString()).toBe('"a string"');
});

test('a message with too many headers is parked once, with its reason and without them', async () => {
  const bus = await broker.bus();
  let handled = 0;
  await bus.consume('loans', async (received) => {
    handled++;
    const { reply } = await parkMalformed(received);
    return { reply, park: { ...reason, stack: 'at '.repeat(10_000) } };
  });
  const channel = await (await broker.plain()).createChannel();
  const padding = 'x'.repeat(62_000);
  const properties = { messageId: 'huge', headers: { padding } };
  channel.publish('commands', 'loans.RequestLoan', Buffer.from('poison'), properties);
  const message = await broker.parked();
  expect(message.properties.headers).toMatchObject({
    'x-parked-code': reason.code,
    'x-parked-not-carried': 'padding: no room: headers may have 16384 bytes together',
  });
  expect(message.content.toString()).toBe('poison');
  expect(handled).toBe(1);
});

test('what keeps killing its consumer ends in the parked queue', async () => {
  const bus = await broker.bus();
  await bus.publish(commandOf('killer'));
  const connection = await broker.plain();
  const queue = `commands.loans.${partitionOf('killer')}`;
  // RabbitMQ 3 counts the limit's own delivery too. A queue with a single active consumer can't be asked for one message.
  for (let crash = 0; crash < 22; crash++) {
    const channel = await connection.createChannel();
    await channel.prefetch(1);
    await channel.consume(queue, (message) => message && channel.reject(message, true));
    await channel.close();
  }
  expect((await broker.parked()).properties).toMatchObject({
    messageId: 'killer',
    headers: { 'x-first-death-reason': 'delivery_limit' },
  });
});
