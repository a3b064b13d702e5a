import { InMemoryEventStore } from '@daybook/in-memory';
import { systemClock } from '../concurrency/system-clock.ts';
import { silent } from '../ports/log.ts';
import { createCommandHandler } from './handle-command.ts';
import { snapshotStreamOf } from './snapshots.ts';
import { counters, raise, stream } from './test-counters.ts';

// The log is put back to an earlier point while command-services go on that have more in memory.

let store: InMemoryEventStore;
let now: number;

beforeEach(() => {
  store = new InMemoryEventStore();
  now = Date.UTC(2026, 0, 1);
});

function service(snapshotEvery = 0) {
  return createCommandHandler({
    context: counters,
    store,
    // Not one of two decisions is at the same time.
    clock: { ...systemClock, now: () => new Date(now++) },
    log: silent,
    signal: new AbortController().signal,
    cache: { snapshotEvery },
    maxAttempts: 3,
  });
}

const types = async () =>
  (await store.read(stream, 0, 100)).map(({ type, metadata }) => `${metadata.command_id} ${type}`);

test('a command is decided on what is there, and not parked', async () => {
  const handle = service();
  for (const id of ['c1', 'c2', 'c3']) await handle(raise(id, 3));
  store.goBackTo('counters', 1);
  const { reply, park } = await handle(raise('c4', 7));
  expect([reply.status, park]).toEqual(['accepted', undefined]);
  expect(await types()).toEqual(['c1 Raised', 'c4 Raised']);
});

test('also where the stream is as long again, with other events', async () => {
  const [handle, other] = [service(), service()];
  await handle(raise('c1', 1));
  await handle(raise('lost', 1));
  store.goBackTo('counters', 1);
  await other(raise('c2', 8));
  expect((await handle(raise('c3', 2))).reply).toMatchObject({ status: 'rejected', error: { code: 'too_high' } });
});

test('also where a command that was lost is decided again, otherwise, under the same ids', async () => {
  const [handle, other] = [service(), service()];
  await handle(raise('c1', 1));
  await handle(raise('c2', 1));
  await handle(raise('c3', 2));
  store.goBackTo('counters', 1);
  await other(raise('c4', 9));
  await other(raise('c3', 2));
  expect((await handle(raise('c5', 1))).reply).toMatchObject({ status: 'rejected' });
});

test('a repeat of a command that was lost is decided again', async () => {
  const handle = service();
  await handle(raise('c1', 3));
  await handle(raise('c2', 3));
  store.goBackTo('counters', 1);
  expect((await handle(raise('c1', 3))).reply).toMatchObject({ status: 'accepted', revision: 0 });
  expect((await handle(raise('c2', 3))).reply).toMatchObject({ status: 'accepted', revision: 1 });
  expect(await types()).toEqual(['c1 Raised', 'c2 Raised']);
});

test('snapshots that are ahead of the stream are ignored, and taken anew', async () => {
  const snapshots = () => store.read(snapshotStreamOf(stream), 0, 100);
  for (let n = 0; n < 6; n++) await service(2)(raise(`c${n}`, 1)).then(() => new Promise(setImmediate));
  expect((await snapshots()).map(({ data }) => data)).toMatchObject([
    { revision: 1 },
    { revision: 2 },
    { revision: 4 },
  ]);
  store.goBackTo('counters', 3);
  for (let n = 6; n < 9; n++) await service(2)(raise(`c${n}`, 1)).then(() => new Promise(setImmediate));
  expect((await snapshots()).slice(3).map(({ data }) => data)).toMatchObject([
    { from_revision: 3, revision: 4, state: 5 },
  ]);
  expect((await service(2)(raise('c7', 1))).reply).toMatchObject({ status: 'accepted', revision: 4 });
  expect((await service(2)(raise('c9', 5))).reply).toMatchObject({ status: 'rejected' });
});
