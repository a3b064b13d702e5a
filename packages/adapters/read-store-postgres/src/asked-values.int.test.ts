import { applyProjection, MalformedMessage, type Projection, type ReadStore, silent } from '@daybook/core';
import { InMemoryEventStore } from '@daybook/in-memory';
import { startTestPostgres, type TestServer } from '@daybook/test-support';
import { recordedEvents } from '@daybook/testing';
import fc from 'fast-check';
import pg from 'pg';
import { connectPostgresReadStore } from './index.ts';
import { createLifts, lifts, moved, stops } from './test-lifts.ts';

// What somebody may ask the read store for: each value is one that a row can have, or it is refused as what it is.
let server: TestServer;
let rows: ReadStore;

const LONG = 'ü😀 '.repeat(200_000);

beforeAll(async () => {
  server = await startTestPostgres();
  await createLifts(server.url);
  rows = connectPostgresReadStore({ url: server.url, log: silent });
  const events = recordedEvents(moved('a', 'roof'), moved('b', LONG), moved('c', `${LONG}.`), moved('d', 'cellar'));
  const at = (n: number) => `${['0001', '0099', '2026', '9999'][n]}-12-31T23:59:59.999Z`;
  const dated = events.map((event, n) => ({ ...event, metadata: { ...event.metadata, recorded_at: at(n) } }));
  await applyProjection(lifts, dated, { rows, store: new InMemoryEventStore() });
}, 120_000);

afterAll(async () => {
  await rows.close();
  await server.remove();
}, 60_000);

const cursor = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');

/** @returns whether the list was answered; else it was refused as the code says */
async function answered(
  projection: Projection,
  asked: { filters?: Record<string, string>; cursor?: string },
  code: string,
) {
  try {
    await rows.list(projection, { filters: {}, limit: 10, ...asked });
    return true;
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    expect(error.code).toBe(code);
    return false;
  }
}

test('texts of any length can be filtered by, and each is its own', async () => {
  for (const [to, lift_id] of [
    [LONG, 'b'],
    [`${LONG}.`, 'c'],
    ['roof', 'a'],
  ] as const)
    expect((await rows.list(lifts, { filters: { to }, limit: 10 })).rows.map((row) => row.lift_id)).toEqual([lift_id]);
});

test('the filter is looked up in its index', async () => {
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query('set enable_seqscan = off');
  const { rows: plan } = await client.query(
    `explain (costs off) select * from read_models.lifts_v1
     where left("to", 200) = left($1, 200) and "to" = $1 and _present order by moved_at, lift_id limit 10`.replaceAll(
      '$1',
      `'roof'`,
    ),
  );
  await client.end();
  const lines = plan.map((line: Record<string, string>) => line['QUERY PLAN']).join('\n');
  expect(lines).toContain('lifts_v1_by_to_moved_at');
  expect(lines).toContain(`Index Cond: ("left"("to", 200) = 'roof'::text)`);
  expect(lines).not.toContain('Sort');
});

test('pages go on over dates of every year, which come back as they were', async () => {
  const seen: unknown[] = [];
  for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
    const page = await rows.list(lifts, { filters: {}, limit: 1, cursor: next });
    seen.push(...page.rows.map(({ moved_at }) => moved_at));
    next = page.next;
  }
  expect(seen).toEqual(['0001', '0099', '2026', '9999'].map((year) => `${year}-12-31T23:59:59.999Z`));
});

test('pages go on over whole numbers that no number holds, which come back to the unit', async () => {
  const most = { ...lifts, list: { filters: [], orderBy: 'floors' } } as Projection;
  const client = new pg.Client(server.url);
  await client.connect();
  const floors = ['9007199254740992', '9007199254740993', '9223372036854775807'];
  for (const [n, id] of ['a', 'b', 'c'].entries())
    await client.query('update read_models.lifts_v1 set floors = $2 where lift_id = $1', [id, floors[n]]);
  await client.end();
  const seen: unknown[] = [];
  for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
    const page = await rows.list(most, { filters: {}, limit: 1, cursor: next });
    seen.push(...page.rows.map((row) => row.floors));
    next = page.next;
  }
  expect(seen).toEqual([1, ...floors]);
});

test.each([
  'x',
  'bm8',
  cursor({}),
  cursor(['2026-01-01T00:00:00.000Z']),
  cursor(['no time', 'a']),
  cursor(['0000-01-01T00:00:00.000Z', 'a']),
  cursor(['2026-01-01T00:00:00.000Z', '\0']),
])('%s is no cursor', async (given) => {
  expect(await answered(lifts, { cursor: given }, 'invalid_cursor')).toBe(false);
});

test.each([
  [lifts, 'moved_at'],
  [stops, 'to'],
])('a cursor made by hand, whatever it holds, is answered or refused', async (projection, orderBy) => {
  const value = fc.oneof(
    fc.jsonValue({ stringUnit: 'binary' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'infinity',
      'now',
      '0000-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.999Z',
      '\0',
      1e308,
      2 ** 53,
      -(2 ** 63),
      '99999999999999999999',
    ),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  );
  const place = fc.oneof(fc.tuple(value, value), fc.tuple(value, value, value), value);
  const given = fc.oneof(place.map(cursor), fc.string({ unit: 'binary', minLength: 1 }));
  await fc.assert(
    fc.asyncProperty(given, async (one) => {
      await answered(
        { ...projection, list: { ...projection.list, orderBy } } as Projection,
        { cursor: one },
        'invalid_cursor',
      );
    }),
    { numRuns: 500 },
  );
});

test('an id and a filter, whatever they hold, are answered or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      const found = await rows.get(lifts, text).catch((error) => error);
      expect(found === undefined || found.row !== undefined || found.code === 'invalid_id').toBe(true);
      await answered(lifts, { filters: { to: text } }, 'invalid_filter');
      await answered(stops, { filters: { number: text } }, 'invalid_filter');
    }),
    { numRuns: 300 },
  );
});
