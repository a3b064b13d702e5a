import { InMemoryEventStore } from '@daybook/in-memory';
import { z } from 'zod';
import { systemClock } from '../concurrency/system-clock.ts';
import type { NewEvent } from '../messages/event.ts';
import { RevisionConflict, Unavailable } from '../messages/fault.ts';
import { eventIdOf } from '../messages/ids.ts';
import { command, event } from '../messages/message.ts';
import { aggregate } from '../modelling/aggregate.ts';
import { boundedContext } from '../modelling/bounded-context.ts';
import type { Decider } from '../modelling/decider.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import { createCommandHandler } from './handle-command.ts';
import { isPlainJson, snapshotStreamOf } from './snapshots.ts';

const Count = z.discriminatedUnion('type', [command('Count', { id: z.string(), times: z.int() })]);
const Counted = z.discriminatedUnion('type', [event('Counted', { id: z.string() })]);
type Count = z.infer<typeof Count>;
type Counted = z.infer<typeof Counted>;
type Total = { total: number } | { total: Date };

const stream = 'counters-Counter-a';
const EVERY = 5;

let store: InMemoryEventStore;
let eventsRead: number;
let warnings: string[];
const log: Log = { debug() {}, info() {}, error() {}, warn: (_fields, phrase) => warnings.push(phrase) };

beforeEach(() => {
  store = new InMemoryEventStore();
  eventsRead = 0;
  warnings = [];
});

/** A command-service that has just started; it shares nothing with those before but the store. */
function restarted(changes: { decider?: Partial<Decider<Total, Count, Counted>>; store?: Partial<EventStore> } = {}) {
  const decider: Decider<Total, Count, Counted> = {
    initial: { total: 0 },
    decide: ({ data: { id, times } }) =>
      Array.from({ length: times }, () => ({ type: 'Counted', data: { id } })) as [Counted, ...Counted[]],
    evolve: ({ total }) => ({ total: Number(total) + 1 }),
    ...changes.decider,
  };
  const counter = aggregate({ name: 'Counter', commands: Count, events: Counted, id: 'id', decider });
  const counted = {
    append: store.append.bind(store),
    readBackwards: store.readBackwards.bind(store),
    async read(...[streamId, from, limit]: Parameters<EventStore['read']>) {
      const events = await store.read(streamId, from, limit);
      eventsRead += events.length;
      return events;
    },
    ...changes.store,
  } as EventStore;
  const handle = createCommandHandler({
    context: boundedContext({ name: 'counters', aggregates: [counter] }),
    store: counted,
    clock: systemClock,
    log,
    signal: new AbortController().signal,
    cache: { snapshotEvery: EVERY },
    maxAttempts: 3,
  });
  return async (commandId: string, times = 1) => {
    const none = { correlationId: undefined, causationId: undefined, actor: undefined, traceparent: undefined };
    const { reply } = await handle({ type: 'Count', commandId, ...none, body: JSON.stringify({ id: 'a', times }) });
    await new Promise(setImmediate); // a snapshot is taken behind the command's back
    return reply;
  };
}

const snapshots = () => store.read(snapshotStreamOf(stream), 0, 100);

async function countTo(last: number, count = restarted()) {
  for (let n = 1; n <= last; n++) await count(`c${n}`);
}

test('every so many events the state is stored, with what was answered', async () => {
  await countTo(12);
  const taken = await snapshots();
  expect(taken.map(({ data }) => data)).toMatchObject([
    { from_revision: 0, revision: 4, state: { total: 5 }, decider_version: 1 },
    { from_revision: 5, revision: 9, state: { total: 10 }, decider_version: 1 },
  ]);
});

test('a stream of 100,000 events is loaded by reading its last ones', async () => {
  const events = Array.from({ length: 100_000 }, (_, n): NewEvent => {
    const command_id = `old-${n}`;
    const metadata = { command_id, causation_id: 'x', correlation_id: 'x', schema_version: 1, recorded_at: '' };
    return { id: eventIdOf(command_id, 0), type: 'Counted', data: { id: 'a' }, metadata };
  });
  await store.append(stream, 'no-stream', events);
  await restarted()('first');
  expect(eventsRead).toBe(100_000);
  await restarted()('second');

  eventsRead = 0;
  const count = restarted();
  expect(await count('third')).toMatchObject({ status: 'accepted', revision: 100_002 });
  expect(eventsRead).toBeLessThan(3 * EVERY);
  expect(await count('old-77777')).toMatchObject({ status: 'accepted', revision: 77_777 });
  expect((await store.readBackwards(stream, 'end', 1))[0]?.revision).toBe(100_002);
});

test('a command answered before the snapshot gets its answer again, also after a restart', async () => {
  const count = restarted();
  const first = await count('c0', 3);
  await countTo(7, count);
  expect(await count('c0', 3)).toEqual(first);
  expect(await restarted()('c0', 3)).toEqual(first);
  expect(await restarted()('c7')).toMatchObject({ revision: 9 });
  expect(warnings).toEqual([]);
});

test('an id that comes again with another command is refused, also after a snapshot and a restart', async () => {
  const count = restarted();
  const first = await count('c0', 3);
  const reused = { status: 'invalid', error: { code: 'message_id_reused' } };
  expect(await count('c0', 1)).toMatchObject(reused);
  await countTo(7, count);
  expect(await restarted()('c0', 2)).toMatchObject(reused);
  expect(await restarted()('c0', 3)).toEqual(first);
});

test('the same events decide when the snapshot was taken by another version of the decider', async () => {
  await countTo(7);
  const byTwo = { version: 2, evolve: ({ total }: Total) => ({ total: Number(total) + 2 }) };
  await countTo(12, restarted({ decider: byTwo }));
  expect((await snapshots()).at(-1)?.data).toMatchObject({ decider_version: 2, revision: 7, state: { total: 2 * 8 } });
  await restarted()('c13');
  expect(warnings).toEqual([]);
});

test.each([
  ['is of another history', { event_id: 'another' }],
  ['does not follow the one before', { from_revision: 1 }],
  ['lacks answers', { answered: '' }],
  ['can not be read', { revision: 'four' }],
])('a snapshot that %s is not used', async (_what, wrong) => {
  await countTo(4);
  const [last] = await store.readBackwards(stream, 'end', 1);
  const data = {
    from_revision: 0,
    revision: 3,
    event_id: last?.id,
    decider_version: 1,
    state: { total: 1000 },
    answered: Buffer.alloc(16).toString('base64'),
    ...wrong,
  };
  await store.append(snapshotStreamOf(stream), 'no-stream', [
    { id: eventIdOf('s', 0), type: 'SnapshotTaken', data, metadata: (last as NewEvent).metadata },
  ]);
  const count = restarted({ decider: { decide: (_, { total }) => [{ type: 'Counted', data: { id: `${total}` } }] } });
  await countTo(6, count);
  expect((await store.read(stream, 4, 10)).map(({ data }) => (data as Counted['data']).id)).toEqual(['4', '5']);
});

test.each([
  ['is away', new Unavailable('the event store', 'gone')],
  ['breaks', new Error('a bug of the driver')],
  ['was faster', new RevisionConflict('s', 'no-stream', 0)],
])('no command fails because who stores the snapshot %s', async (_what, error) => {
  const append: EventStore['append'] = (streamId, ...rest) =>
    streamId === stream ? store.append(streamId, ...rest) : Promise.reject(error);
  const count = restarted({ store: { append } });
  for (let n = 1; n <= 11; n++) expect(await count(`c${n}`)).toMatchObject({ status: 'accepted', revision: n - 1 });
  expect(await snapshots()).toEqual([]);
});

test('a state that JSON would change is not stored', async () => {
  const decider = { evolve: () => ({ total: new Date() }) };
  await countTo(6, restarted({ decider }));
  expect(await snapshots()).toEqual([]);
  expect(warnings).toEqual(['no snapshot: the state is not plain JSON']);
});

test.each([
  [{ a: [1, 'x', null, { b: true }] }, true],
  [{ a: undefined }, false],
  [new Map(), false],
  [[Number.NaN], false],
  [new Array(2), false],
  [1n, false],
])('%p is plain JSON: %p', (value, plain) => {
  expect(isPlainJson(value)).toBe(plain);
});
