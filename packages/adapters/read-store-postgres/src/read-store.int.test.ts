import { applyProjection, type CountByDay, type ReadStore, silent } from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { startTestPostgres, type TestServer } from '@daybook/test-support';
import { recordedEvents } from '@daybook/testing';
import pg from 'pg';
import { connectPostgresReadStore, createReadModels } from './index.ts';
import { createLifts, lifts, moved, Row } from './test-lifts.ts';

let server: TestServer;
let rows: ReadStore;

beforeAll(async () => {
  server = await startTestPostgres();
  await createLifts(server.url);
  rows = connectPostgresReadStore({ url: server.url, log: silent });
}, 120_000);

afterAll(async () => {
  await rows.close();
  await server.remove();
}, 60_000);

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

test('a page of large rows ends early, and the pages have every row once', async () => {
  const to = 'L'.repeat(700_000);
  for (let n = 0; n < 12; n++) await apply(recordedEvents(moved(`large-${String(n).padStart(2, '0')}`, to)));
  const seen: unknown[] = [];
  const sizes: number[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await rows.list(lifts, { filters: { to }, limit: 100, cursor });
    seen.push(...page.rows.map(({ lift_id }) => lift_id));
    sizes.push(page.rows.length);
    cursor = page.next;
  }
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(12);
  expect(Math.max(...sizes)).toBeLessThan(6);
  expect(new Set(seen).size).toBe(12);
}, 60_000);
