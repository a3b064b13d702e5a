import { type Handled, type ParkedCommands, type ReceivedCommand, silent, Unavailable } from '@daybook/core';
import type { ConsumeMessage, Options } from 'amqplib';
import { connectParkedCommands } from './connect-parked-commands.ts';
import { partitionOf } from './partition.ts';
import { acceptAll, accepted, commandOf, eventually, publishPlainly, TestBroker } from './test-broker.ts';

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

const idsOf = async () => (await parked.list('loans')).map(({ id }) => id);

test('shown whole, the oldest first; looking changes nothing, however often', async () => {
  await park('one', 'two', 'three');
  for (let look = 0; look < 30; look++) expect(await idsOf()).toEqual(['one', 'two', 'three']);
  expect((await parked.list('loans')).slice(0, 1)).toEqual([
    {
      id: 'one',
      type: 'RequestLoan',
      routingKey: `loans.RequestLoan.${partitionOf('one')}`,
      correlationId: 'one',
      headers: { actor: 'ada' },
      body: '{"id":"one"}',
      bodyBytes: 12,
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
  expect(await parked.replay('loans', ['two', 'unknown'])).toEqual({ done: 1, failed: [] });
  await eventually(() => seen.length === 1);
  expect(seen[0]).toMatchObject({ type: 'RequestLoan', commandId: 'two', correlationId: 'two', actor: 'ada' });
  expect(String(seen[0]?.body)).toBe('{"id":"two"}');
  expect(await idsOf()).toEqual(['one']);
});

test('of the headers a replay has only those of the sender, and it goes to the partition that it came from', async () => {
  await park('one');
  expect(await parked.replay('loans', ['one'])).toEqual({ done: 1, failed: [] });
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
  expect(await parked.replay('loans', ['one'])).toEqual({ done: 1, failed: [] });
  await eventually(async () => (await idsOf()).length === 1);
});

test('discarded, it is gone, and the others are not', async () => {
  await park('one', 'two', 'three');
  expect(await parked.discard('loans', ['two'])).toEqual({ done: 1, failed: [] });
  expect(await idsOf()).toEqual(['one', 'three']);
  expect(await parked.discard('loans', ['two'])).toEqual({ done: 0, failed: [] });
});

test('a message without an id has a name, and what the broker set aside says so', async () => {
  const channel = await (await broker.plain()).createConfirmChannel();
  channel.publish('commands', 'loans.RequestLoan', Buffer.from('{}'), { type: 'RequestLoan' });
  await channel.waitForConfirms();
  await channel.consume('commands.loans.incoming', (message) => message && channel.reject(message, false));
  await eventually(async () => (await idsOf()).length === 1);
  const [found] = await parked.list('loans');
  expect(found).toMatchObject({
    id: expect.stringMatching(/^no-id-[0-9a-f]{12}$/),
    routingKey: 'loans.RequestLoan',
    headers: {},
    code: 'dead_lettered',
    reason: 'set aside by the broker: rejected',
  });
  expect(await parked.discard('loans', [found?.id ?? ''])).toEqual({ done: 1, failed: [] });
});

test('two copies of one command are two, and one is replayed at a time', async () => {
  await park('one', 'one');
  const bus = await broker.bus();
  await bus.consume('loans', async ({ commandId }) => ({ reply: accepted(commandId) }));
  expect(await parked.replay('loans', ['one'])).toEqual({ done: 1, failed: [] });
  expect(await idsOf()).toEqual(['one']);
});

/** Publishes commands that a service parks, as any client could. */
async function parkSent(count: number, properties: (index: number) => Options.Publish): Promise<void> {
  const consumer = await (await broker.bus()).consume('loans', parkAll);
  const channel = await (await broker.plain()).createConfirmChannel();
  const before = await depth();
  for (let index = 0; index < count; index++) {
    channel.publish('commands', 'loans.RequestLoan', Buffer.from('{}'), { type: 'RequestLoan', ...properties(index) });
  }
  await channel.waitForConfirms();
  await eventually(async () => (await depth()) === before + count, 30);
  await consumer.stop();
}

test('whoever looks sees all, though others look, replay and discard at the same time', async () => {
  await parkSent(600, (index) => ({ messageId: `c-${index}` }));
  const others = await Promise.all(
    [1, 2].map(() => connectParkedCommands({ url: broker.server.url, contexts: ['loans'], log: silent })),
  );
  const looks = [parked, ...others].map((one) => one.list('loans'));
  for (const look of await Promise.all(looks)) expect(new Set(look.map(({ id }) => id)).size).toBe(600);
  const [seen, discarded, seenToo] = await Promise.all([
    parked.list('loans'),
    others[0]?.discard('loans', ['c-0']),
    others[1]?.list('loans'),
  ]);
  expect(discarded).toEqual({ done: 1, failed: [] });
  for (const look of [seen, seenToo]) expect([599, 600]).toContain(look?.length);
  const ids = await idsOf();
  expect(ids).toHaveLength(599);
  expect(await parked.discard('loans', ids)).toEqual({ done: 599, failed: [] });
  expect(await idsOf()).toEqual([]);
  await Promise.all(others.map((one) => one.close()));
}, 60_000);

test('messages without an id have each a name of its own', async () => {
  await parkSent(5, () => ({}));
  const ids = await idsOf();
  expect(new Set(ids).size).toBe(5);
  expect(await parked.discard('loans', ids.slice(1, 2))).toEqual({ done: 1, failed: [] });
  expect((await idsOf()).sort()).toEqual(ids.filter((_, index) => index !== 1).sort());
});

test('what a sender writes into headers that are Daybook’s or the broker’s is not shown, and stops nobody', async () => {
  const headers = {
    'x-death': 5,
    'x-parked-reason': 'forged',
    'x-parked-id': 'forged',
    'x-refused-code': 'forged',
    own: 1,
  };
  await parkSent(1, () => ({ messageId: 'sly', headers }));
  expect(await parked.list('loans')).toMatchObject([{ id: 'sly', reason: 'it broke\nbadly', headers: { own: 1 } }]);
});

test('of one that the broker set aside nothing is believed but what the broker says', async () => {
  const channel = await (await broker.plain()).createConfirmChannel();
  const headers = { 'x-parked-code': 'forged', 'x-parked-routing-key': 'forged' };
  await publishPlainly(channel, 'loans.RequestLoan', '{}', { type: 'RequestLoan', messageId: 'c-1', headers });
  await channel.consume('commands.loans.incoming', (message) => message && channel.reject(message, false));
  await eventually(async () => (await idsOf()).length === 1);
  expect(await parked.list('loans')).toMatchObject([
    { id: 'c-1', routingKey: 'loans.RequestLoan', code: 'dead_lettered', headers: {} },
  ]);
});

test('one that can not be replayed is named, stays parked, and the others are replayed', async () => {
  await parkSent(1, () => ({ messageId: 'normal' }));
  const channel = await (await broker.plain()).createConfirmChannel();
  const large = Buffer.alloc(2 * 1024 * 1024, ' ');
  const headers = { 'x-parked-routing-key': 'loans.RequestLoan', 'x-parked-at': '2020-01-01T00:00:00.000Z' };
  channel.publish('parked', 'commands.loans.parked', large, { messageId: 'large', headers });
  await channel.waitForConfirms();
  await eventually(async () => (await depth()) === 2);
  const [first] = await parked.list('loans');
  expect(first).toMatchObject({ id: 'large', bodyBytes: large.length, body: ' '.repeat(16 * 1024) });
  expect(await parked.replay('loans', ['large', 'normal'])).toEqual({
    done: 1,
    failed: [{ id: 'large', why: 'its body of 2097152 bytes is too large to be handled: it can be discarded' }],
  });
  expect(await idsOf()).toEqual(['large']);
  expect(await parked.discard('loans', ['large'])).toEqual({ done: 1, failed: [] });
});

test('a broker that is not there is not waited for', async () => {
  const url = 'amqp://guest:guest@127.0.0.1:1';
  await expect(connectParkedCommands({ url, contexts: [], log: silent })).rejects.toThrow(Unavailable);
});
