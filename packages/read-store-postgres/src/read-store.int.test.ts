import {
  applyProjection,
  type CountByDay,
  fold,
  foldRows,
  itemsProjection,
  projection,
  type ReadStore,
  silent,
} from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { recordedEvents, startTestPostgres, type TestServer } from '@daybook/testing';
import pg from 'pg';
import { z } from 'zod';
import { connectPostgresReadStore, createReadModels } from './index.ts';

type Moved = { type: 'Moved'; data: { to: string; floors: number } };

const last = fold<{ to: string; floors: number; at: string } | null, Moved>({
  initial: null,
  evolve: (_before, { data, metadata }) => ({ ...data, at: metadata.recorded_at }),
});
const Row = z.object({
  lift_id: z.string(),
  to: z.string(),
  floors: z.int(),
  fast: z.boolean(),
  note: z.string().nullable(),
  moved_at: z.iso.datetime(),
  tags: z.array(z.string()),
  share: z.number(),
});
const lifts = projection({
  name: 'lifts',
  version: 1,
  row: Row,
  key: 'lift_id',
  folds: { Lift: last },
  combine: (lift_id, { Lift }) =>
    Lift === null || Lift.to === 'nowhere'
      ? undefined
      : {
          lift_id,
          to: Lift.to,
          floors: Lift.floors,
          fast: Lift.floors > 3,
          note: null,
          moved_at: Lift.at,
          tags: ['"a"', 'ü'],
          share: 0.1,
        },
  list: { filters: ['to'], orderBy: 'moved_at' },
  counts: { moves: { day: 'moved_at', of: { moved: 'moved_at', noted: 'note' } } },
});

/** The stops of a lift's day, by number; 'nowhere' takes the last stop off the list. */
const stops = itemsProjection({
  name: 'lift_stops',
  version: 1,
  row: z.object({ lift_id: z.string(), number: z.int(), to: z.string(), note: z.string().nullable() }),
  key: 'lift_id',
  itemKey: 'number',
  of: { name: 'Lift', decider: { evolve: (_state: null, _event: Moved) => null } },
  initial: { last: 0 },
  evolve({ last }, { data: { to }, streamId }) {
    const lift_id = streamId.slice('house-Lift-'.length);
    if (to === 'nowhere') return { part: { last: last - 1 }, remove: [last] };
    return { part: { last: last + 1 }, put: [{ lift_id, number: last + 1, to, note: null }] };
  },
  list: { filters: ['to', 'note'], orderBy: 'to' },
});

let server: TestServer;
let rows: ReadStore;

beforeAll(async () => {
  server = await startTestPostgres();
  await Promise.all(
    [1, 2, 3].map(() =>
      createReadModels({ url: server.url, contexts: [{ name: 'house', projections: [lifts, stops] }], log: silent }),
    ),
  );
  rows = connectPostgresReadStore({ url: server.url, log: silent });
}, 120_000);

afterAll(async () => {
  await rows.close();
  await server.remove();
}, 60_000);

const moved = (lift: string, to: string, floors = 1) =>
  [`house-Lift-${lift}`, { type: 'Moved', data: { to, floors } }] as const;
const apply = (events: ReturnType<typeof recordedEvents>, store = new InMemoryEventStore()) =>
  applyProjection(lifts, events, { rows, store });

test('a row is read as it was folded, to the letter and to the millisecond', async () => {
  const events = recordedEvents(moved('A-ü"1', '3rd', 9007199254740991));
  const inMemory = new InMemoryReadStore();
  await applyProjection(lifts, events, { rows: inMemory, store: new InMemoryEventStore() });
  await apply(events);
  expect(await rows.get(lifts, 'A-ü"1')).toEqual(await inMemory.get(lifts, 'A-ü"1'));
  expect(Row.safeParse((await rows.get(lifts, 'A-ü"1'))?.row).success).toBe(true);
  expect(await rows.get(lifts, 'a-ü"1')).toBeUndefined();
});

test('a row with nothing to show is gone from every answer, and comes back', async () => {
  const events = recordedEvents(moved('ghost', '1st'), moved('ghost', 'nowhere'), moved('ghost', '2nd'));
  await apply(events.slice(0, 2));
  expect(await rows.get(lifts, 'ghost')).toBeUndefined();
  expect((await rows.list(lifts, { filters: {}, limit: 100 })).rows.map(({ lift_id }) => lift_id)).not.toContain(
    'ghost',
  );
  await apply(events);
  expect(await rows.get(lifts, 'ghost')).toMatchObject({ row: { to: '2nd' }, revisions: { Lift: 2 } });
});

test('rows are counted by day, in UTC, as in memory; what is gone is not', async () => {
  const on = (lift: string, recorded_at: string, to = 'roof') =>
    recordedEvents(moved(lift, to)).map((event) => ({ ...event, metadata: { ...event.metadata, recorded_at } }));
  const events = [
    ...on('count-1', '2030-01-01T00:00:00.000Z'),
    ...on('count-2', '2030-01-01T23:59:59.999Z'),
    ...on('count-3', '2030-01-02T00:00:00.000Z'),
    ...on('count-4', '2030-01-02T12:00:00.000Z', 'nowhere'),
    ...on('count-5', '2030-01-04T00:00:00.000Z'),
  ];
  const inMemory = new InMemoryReadStore();
  await applyProjection(lifts, events, { rows: inMemory, store: new InMemoryEventStore() });
  await apply(events);
  const { moves } = lifts.counts as Record<'moves', CountByDay>;
  for (const days of [
    { from: '2030-01-01' },
    { from: '2030-01-01', to: '2030-01-01' },
    { from: '2030-01-02', to: '2030-01-03' },
    { from: '2030-01-05' },
  ]) {
    expect(await rows.countByDay(lifts, moves, days)).toEqual(await inMemory.countByDay(lifts, moves, days));
  }
  expect(await rows.countByDay(lifts, moves, { from: '2030-01-01', to: '2030-01-02' })).toEqual([
    { day: '2030-01-01', counts: { moved: 2, noted: 0 } },
    { day: '2030-01-02', counts: { moved: 1, noted: 0 } },
  ]);
});

test('writers that overlap on new and old rows lose nothing and do not lock each other out', async () => {
  const store = new InMemoryEventStore();
  const events = recordedEvents(...Array.from({ length: 200 }, (_, n) => moved(`busy-${n % 20}`, `floor ${n}`)));
  for (const { streamId, revision, ...event } of events) {
    await store.append(streamId, revision === 0 ? 'no-stream' : revision - 1, [event]);
  }
  const shuffled = [0, 1, 2, 3].map((seed) =>
    [...events].sort((a, b) => ((a.position * 7919 + seed * 31) % 101) - ((b.position * 7919 + seed * 31) % 101)),
  );
  await Promise.all(
    shuffled.flatMap((batch) =>
      [batch.slice(0, 70), batch.slice(50, 150), batch.slice(140)].map((part) => apply(part, store)),
    ),
  );
  for (let n = 0; n < 20; n++)
    expect(await rows.get(lifts, `busy-${n}`)).toMatchObject({ row: { to: `floor ${180 + n}` } });
});

test('pages follow each other without gap or repeat, within a filter, though rows come meanwhile', async () => {
  await apply(
    recordedEvents(
      ...Array.from({ length: 25 }, (_, n) =>
        moved(`page-${String(n).padStart(2, '0')}`, n % 5 === 4 ? 'roof' : 'cellar'),
      ),
    ),
  );
  const seen: unknown[] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = await rows.list(lifts, { filters: { to: 'cellar' }, limit: 7, cursor });
    seen.push(...page.rows.map(({ lift_id }) => lift_id));
    cursor = page.next;
    if (first) await apply(recordedEvents(moved('page-early', 'cellar')));
  }
  const expected = Array.from({ length: 25 }, (_, n) => n)
    .filter((n) => n % 5 !== 4)
    .map((n) => `page-${String(n).padStart(2, '0')}`);
  expect(seen).toEqual(expected);
});

const cursor = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');
test.each(['x', 'bm8', cursor({}), cursor(['2026-01-01T00:00:00.000Z']), cursor(['no time', 'a'])])(
  '%s is no cursor',
  async (cursor) => {
    await expect(rows.list(lifts, { filters: {}, limit: 1, cursor })).rejects.toMatchObject({ code: 'invalid_cursor' });
  },
);

test('rows are looked up one by one, though the statement was planned when the table was empty', async () => {
  const fresh = { ...lifts, name: 'towers' };
  await createReadModels({ url: server.url, contexts: [{ name: 'house', projections: [fresh] }], log: silent });
  const own = connectPostgresReadStore({ url: server.url, log: silent, maxConnections: 1 });
  for (let n = 0; n < 10; n++) await own.load(fresh, ['none']);
  const events = recordedEvents(...Array.from({ length: 3000 }, (_, n) => moved(`many-${n}`, 'roof')));
  for (let n = 0; n < 3000; n += 300) {
    await applyProjection(fresh, events.slice(n, n + 300), { rows: own, store: new InMemoryEventStore() });
  }
  await own.close();
  const client = new pg.Client(server.url);
  await client.connect();
  const { rows: found } = await client.query(
    `select seq_tup_read::integer from pg_stat_user_tables where relname = 'towers_v1'`,
  );
  await client.end();
  expect(found[0].seq_tup_read).toBe(0);
});

test('people can query the rows with SQL, under the plain name', async () => {
  await apply(recordedEvents(moved('sql', '1st')));
  const client = new pg.Client(server.url);
  await client.connect();
  const { rows: found } = await client.query(`select "to", floors from read_models.lifts where lift_id = 'sql'`);
  expect(found).toEqual([{ to: '1st', floors: '1' }]);
  await client.end();
});

describe('several rows for one entity', () => {
  const rowsOf = async (lift_id: string) => (await rows.list(stops, { filters: { lift_id }, limit: 500 })).rows;
  const applyStops = (events: ReturnType<typeof recordedEvents>, store = new InMemoryEventStore()) =>
    applyProjection(stops, events, { rows, store });

  test('rows come, change and go with the events, also within one batch', async () => {
    const events = recordedEvents(
      ...['b', 'a', 'nowhere', 'c', 'nowhere', 'nowhere', 'd'].map((to) => moved('daily', to)),
    );
    await applyStops(events.slice(0, 2));
    expect(await rowsOf('daily')).toEqual([
      { lift_id: 'daily', number: 2, to: 'a', note: null },
      { lift_id: 'daily', number: 1, to: 'b', note: null },
    ]);
    await applyStops(events.slice(2, 4));
    expect(await rowsOf('daily')).toMatchObject([{ number: 1 }, { number: 2, to: 'c' }]);
    await applyStops(events);
    expect(await rowsOf('daily')).toEqual([{ lift_id: 'daily', number: 1, to: 'd', note: null }]);
  });

  test('a save that comes too late changes neither the entity nor its rows', async () => {
    const late = { entityId: 'late', version: 1, parts: { Lift: { revision: 0, part: { last: 1 } } } };
    const row = { lift_id: 'late', number: 1, to: 'first', note: null };
    const other = { ...late, entityId: 'other', put: [{ ...row, lift_id: 'other' }], remove: [] };
    expect(await rows.save(stops, [{ ...late, put: [row], remove: [] }])).toBe(1);
    const second = {
      ...late,
      put: [
        { ...row, to: 'second' },
        { ...row, number: 2 },
      ],
      remove: [1],
    };
    expect(await rows.save(stops, [other, second])).toBe(1);
    expect(await rowsOf('late')).toEqual([row]);
    expect(await rowsOf('other')).toHaveLength(1);
    expect((await rows.load(stops, ['late'])).get('late')).toEqual(late);
  });

  test('writers that overlap: the rows are the fold of the history', async () => {
    const store = new InMemoryEventStore();
    const floors = ['1', '2', 'nowhere', '3', '1', 'nowhere'];
    const events = recordedEvents(
      ...Array.from({ length: 300 }, (_, n) => moved(`rush-${n % 10}`, floors[Math.floor(n / 10) % 6] as string)),
    );
    for (const { streamId, revision, ...event } of events) {
      await store.append(streamId, revision === 0 ? 'no-stream' : revision - 1, [event]);
    }
    const shuffled = [...events].sort((a, b) => ((a.position * 7919) % 101) - ((b.position * 7919) % 101));
    await Promise.all(
      [shuffled, events, [...shuffled].reverse()].flatMap((batch) =>
        [batch.slice(0, 110), batch.slice(90, 220), batch.slice(200)].map((part) => applyStops(part, store)),
      ),
    );
    const expected = foldRows(stops, events);
    const byNumber = (some: readonly object[]) =>
      [...(some as { number: number }[])].sort((a, b) => a.number - b.number);
    for (const [lift_id, folded] of expected) expect(byNumber(await rowsOf(lift_id))).toEqual(byNumber(folded));
    expect(expected.size).toBe(10);
  });

  test('pages go through equal values by entity and number, as numbers', async () => {
    const events = recordedEvents(...Array.from({ length: 24 }, (_, n) => moved(`tower-${n % 2}`, 'the same floor')));
    await applyStops(events);
    const seen: unknown[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const page = await rows.list(stops, { filters: { to: 'the same floor' }, limit: 5, cursor: next });
      seen.push(...page.rows.map(({ lift_id, number }) => `${lift_id} ${number}`));
      next = page.next;
    }
    expect(seen).toEqual([0, 1].flatMap((lift) => Array.from({ length: 12 }, (_, n) => `tower-${lift} ${n + 1}`)));
  });

  test('one event more writes one row, however many there are', async () => {
    const events = recordedEvents(...Array.from({ length: 1001 }, (_, n) => moved('endless', `floor ${n}`)));
    await applyStops(events.slice(0, 1000));
    await applyStops(events.slice(1000));
    const client = new pg.Client(server.url);
    await client.connect();
    // A row version carries the id of the transaction that wrote it.
    const { rows: found } = await client.query(
      `select count(*)::integer as written from read_models.lift_stops_v1 where lift_id = 'endless' group by xmin order by 1`,
    );
    await client.end();
    expect(found).toEqual([{ written: 1 }, { written: 1000 }]);
    const stored = (await rows.load(stops, ['endless'])).get('endless');
    expect(stored?.parts).toEqual({ Lift: { revision: 1000, part: { last: 1001 } } });
  });

  test('people can query them with SQL, under the plain name', async () => {
    await applyStops(recordedEvents(moved('sql', '1st')));
    const client = new pg.Client(server.url);
    await client.connect();
    const { rows: found } = await client.query(`select * from read_models.lift_stops where lift_id = 'sql'`);
    expect(found).toEqual([{ lift_id: 'sql', number: '1', to: '1st', note: null }]);
    await client.end();
  });
});
