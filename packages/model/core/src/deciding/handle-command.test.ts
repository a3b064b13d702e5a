import { InMemoryEventStore } from '@daybook/in-memory';
import { systemClock } from '../concurrency/system-clock.ts';
import { Unavailable } from '../messages/fault.ts';
import type { EventStore } from '../ports/event-store.ts';
import { silent } from '../ports/log.ts';
import { createCommandHandler } from './handle-command.ts';
import { counters, raise, stream } from './test-counters.ts';

const stopping = new AbortController();
let store: InMemoryEventStore;

beforeEach(() => {
  store = new InMemoryEventStore();
});

function service() {
  return createCommandHandler({
    context: counters,
    store,
    clock: systemClock,
    log: silent,
    signal: stopping.signal,
    maxAttempts: 3,
  });
}

const stored = () => store.read(stream, 0, 100);

test('an accepted command is stored with its metadata, and answered with where', async () => {
  const { reply, park } = await service()(
    raise('c1', 3, {
      actor: 'ann',
      correlationId: 'talk',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    }),
  );
  expect(park).toBeUndefined();
  expect(reply).toEqual({
    status: 'accepted',
    command_id: 'c1',
    stream,
    revision: 0,
    token: 'counters-Counter-a@0',
    events: [{ type: 'Raised', revision: 0 }],
  });
  expect((await stored())[0]?.metadata).toMatchObject({
    command_id: 'c1',
    causation_id: 'c1',
    correlation_id: 'talk',
    actor: 'ann',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    schema_version: 1,
  });
});

test('a refusal is recorded too, and state is not touched by it', async () => {
  const handle = service();
  const { reply } = await handle(raise('c1', 11));
  expect(reply).toMatchObject({ status: 'rejected', revision: 0, error: { code: 'too_high' } });
  expect((await handle(raise('c2', 10))).reply.status).toBe('accepted');
  expect((await stored()).map(({ type }) => type)).toEqual(['CommandRejected', 'Raised']);
});

test('where there is nothing to do, that is the accepted outcome, recorded, and state is not touched by it', async () => {
  const handle = service();
  const { reply, park } = await handle(raise('c1', 0));
  expect(park).toBeUndefined();
  expect(reply).toEqual({
    status: 'accepted',
    command_id: 'c1',
    stream,
    revision: 0,
    token: 'counters-Counter-a@0',
    events: [],
  });
  expect((await handle(raise('c2', 10))).reply.status).toBe('accepted');
  expect(await stored()).toMatchObject([
    { type: 'CommandHadNoEffect', data: { command: 'Raise', data: { id: 'a', by: 0 } } },
    { type: 'Raised' },
  ]);
});

test.each([[3], [11], [0]])('asked again, also after a restart, it gets the same answer (%i)', async (by) => {
  const handle = service();
  const replies = await Promise.all([handle(raise('c1', by)), handle(raise('c1', by))]);
  replies.push(await service()(raise('c1', by)));
  expect(new Set(replies.map(({ reply }) => JSON.stringify(reply))).size).toBe(1);
  expect(await stored()).toHaveLength(1);
});

test('an id that comes again with another body is refused and parked, at once and after a restart', async () => {
  const handle = service();
  const [first, other] = await Promise.all([handle(raise('c1', 3)), handle(raise('c1', 1))]);
  const reused = {
    reply: { status: 'invalid', error: { code: 'message_id_reused' } },
    park: { code: 'message_id_reused' },
  };
  expect(first.reply.status).toBe('accepted');
  expect(other).toMatchObject(reused);
  expect(await service()(raise('c1', 2))).toMatchObject(reused);
  expect(await stored()).toHaveLength(1);
});

test('a repeat with another body, after a restart, leaves the state as the first made it', async () => {
  await service()(raise('c1', 3));
  const handle = service();
  await handle(raise('c1', 9));
  expect((await handle(raise('c2', 7))).reply.status).toBe('accepted');
  expect((await handle(raise('c3', 1))).reply.status).toBe('rejected');
});

test('a command that starts a stream reads nothing; one that can not does', async () => {
  const read = jest.spyOn(store, 'read');
  const handle = service();
  await handle(raise('c1', 3));
  await handle(raise('c2', 3));
  expect(read).not.toHaveBeenCalled();
  await handle(raise('c3', 11, { body: '{"id":"b","by":11}' }));
  expect(read).toHaveBeenCalledTimes(1);
});

test('after one wrong guess that there is no stream, those to come are read first for a while', async () => {
  await service()(raise('c1', 1));
  const start = jest.spyOn(store, 'startStream');
  const handle = service();
  for (const id of ['a', 'b', 'c']) await handle(raise(`c-${id}`, 1, { body: `{"id":"${id}","by":1}` }));
  expect(start).toHaveBeenCalledTimes(1);
});

test('a store that can not tell a repeat from the first append is read first', async () => {
  const cautious = { append: store.append.bind(store), read: store.read.bind(store) };
  const handle = createCommandHandler({
    context: counters,
    store: cautious as unknown as EventStore,
    clock: systemClock,
    log: silent,
    signal: stopping.signal,
  });
  expect((await handle(raise('c1', 3))).reply).toMatchObject({ status: 'accepted', revision: 0 });
});

test('two services race on one aggregate: nothing is lost or done twice', async () => {
  const [one, two] = [service(), service()];
  await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? one : two)(raise(`c${n}`, n < 10 ? 1 : 0))));
  const events = await stored();
  expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect(new Set(events.map(({ metadata }) => metadata.command_id)).size).toBe(20);
});

test('commands of one aggregate are decided in the order they came', async () => {
  const handle = service();
  await Promise.all(Array.from({ length: 50 }, (_, n) => handle(raise(`c${n}`, 0))));
  expect((await stored()).map(({ metadata }) => metadata.command_id)).toEqual(
    Array.from({ length: 50 }, (_, n) => `c${n}`),
  );
});

test('a lost answer of the store: the command waits, and is not decided twice', async () => {
  const append = store.append.bind(store);
  let failures = 0;
  store.append = async (...args) => {
    const appended = await append(...args);
    if (failures++ < 1) throw new Unavailable('the store', 'answer lost');
    return appended;
  };
  expect((await service()(raise('c1', 3))).reply).toMatchObject({ status: 'accepted', revision: 0 });
  expect(await stored()).toHaveLength(1);
});

test('a command that waits for the store stays with the broker when the service stops', async () => {
  const stop = new AbortController();
  store.startStream = async () => {
    throw new Unavailable('the store', 'down');
  };
  const handle = createCommandHandler({
    context: counters,
    store,
    clock: systemClock,
    log: silent,
    signal: stop.signal,
  });
  const handled = handle(raise('c1', 3));
  stop.abort();
  await expect(handled).rejects.toThrow('stopping');
});

test.each([
  ['message_id_missing', raise(undefined, 1)],
  ['not_json', raise('c1', 1, { body: '{' })],
  ['unknown_command', raise('c1', 1, { type: 'Lower' })],
  ['unknown_command', raise('c1', 1, { type: undefined })],
  ['invalid_data', raise('c1', 'much')],
  ['invalid_data', raise('c1', 1, { body: '{"id":"a","by":1,"to":2}' })],
  ['invalid_data', raise('c1', 1, { body: 'null' })],
  ['invalid_data', raise('c1', 1, { body: '{"id":"\\u0000","by":1}' })],
])('%s: answered invalid and parked', async (code, received) => {
  const { reply, park } = await service()(received);
  expect(reply).toMatchObject({ status: 'invalid', error: { code } });
  expect(park).toMatchObject({ code, attempts: 1 });
});

test('a bug is tried again, then parked with its stack; the next command of the aggregate goes through', async () => {
  const handle = service();
  const [broken, next] = await Promise.all([
    handle({ ...raise('c1', 1), type: 'Break', body: '{"id":"a"}' }),
    handle(raise('c2', 1)),
  ]);
  expect(broken.reply).toMatchObject({ status: 'failed', command_id: 'c1' });
  expect(broken.park).toMatchObject({ stack: expect.stringContaining('a bug'), attempts: 3 });
  expect(next.reply.status).toBe('accepted');
});
