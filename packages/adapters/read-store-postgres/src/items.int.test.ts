import { applyProjection, foldRows, type ReadStore, silent } from '@daybook/core';
import { InMemoryEventStore } from '@daybook/in-memory';
import { startTestPostgres, type TestServer } from '@daybook/test-support';
import { recordedEvents } from '@daybook/testing';
import pg from 'pg';
import { connectPostgresReadStore } from './index.ts';
import { createLifts, moved, stops } from './test-lifts.ts';

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
