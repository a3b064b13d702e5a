import { silent, streamIdOf } from '@daybook/core';
import { connectDatabase, type Database } from '@daybook/postgres';
import { eventually, freshContext, newEvents, startTestPostgres, type TestServer } from '@daybook/test-support';
import fc from 'fast-check';
import pg from 'pg';
import { connectPostgresEventStore } from './index.ts';

// While somebody holds a snapshot, as a dump does, the server removes no version of any row.

let server: TestServer;
let database: Database;
let holder: pg.Client;

beforeAll(async () => {
  server = await startTestPostgres();
  database = connectDatabase({ url: server.url, applicationName: 'test', log: silent });
  holder = new pg.Client(server.url);
  await holder.connect();
  await holder.query('begin isolation level repeatable read');
  await holder.query('select count(*) from event_store.events');
}, 120_000);

afterAll(async () => {
  await holder.end();
  await database.close();
  await server.remove();
}, 60_000);

/** What one row for each context takes; each version of one would take some 40 bytes more. */
async function sizeOfLocks(): Promise<number> {
  const [row] = await database.query<{ size: number }>({
    text: `select pg_relation_size('event_store.feed_locks') as size`,
  });
  return row?.size ?? Number.NaN;
}

test('appends leave no version of any row behind, alone or together, with or without a conflict', async () => {
  const store = connectPostgresEventStore({ url: server.url, log: silent });
  const context = freshContext();
  const revisions = new Map<number, number>();
  let appends = 0;
  let stored = 0;
  const anAppend = fc.record({
    stream: fc.nat({ max: 9 }),
    events: fc.integer({ min: 1, max: 3 }),
    wrong: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(anAppend, { minLength: 1, maxLength: 8, selector: ({ stream }) => stream }),
      async (batch) => {
        const outcomes = await Promise.allSettled(
          batch.map(({ stream, events, wrong }) => {
            const at = revisions.get(stream) ?? -1;
            const expected = wrong ? at + 7 : at;
            const id = streamIdOf(context, 'Thing', String(stream));
            return store.append(id, expected === -1 ? 'no-stream' : expected, newEvents(events));
          }),
        );
        for (const [n, { stream, events, wrong }] of batch.entries()) {
          expect(outcomes[n]?.status).toBe(wrong ? 'rejected' : 'fulfilled');
          if (wrong) continue;
          revisions.set(stream, (revisions.get(stream) ?? -1) + events);
          stored += events;
        }
        appends++;
      },
    ),
    { numRuns: 300 },
  );
  expect(appends).toBe(300);
  expect(await sizeOfLocks()).toBe(8192);
  const feed = await store.readFeed(context, 0, stored + 1);
  expect(feed.map(({ position }) => position)).toEqual(Array.from({ length: stored }, (_, n) => n + 1));
  expect(await store.groupProgress('nobody', context)).toMatchObject({ head: stored });
  await store.close();
  // The server counts what a connection did when that has been idle for a while, or has ended.
  const counted = await eventually('the server has counted', async () => {
    const rows = await database.query<{ relname: string; n_tup_ins: number; changed: number }>({
      text: `select relname, n_tup_ins, n_tup_upd + n_tup_del as changed from pg_stat_user_tables where schemaname = 'event_store'`,
    });
    return rows.some(({ relname, n_tup_ins }) => relname === 'events' && n_tup_ins >= stored) && rows;
  });
  expect(counted.map(({ changed }) => changed)).toEqual(counted.map(() => 0));
}, 120_000);

test('a service of the first version appends likewise', async () => {
  const context = freshContext();
  for (let n = 0; n < 300; n++) {
    const [event] = newEvents(1);
    const place = { n: 0, stream_id: `${context}-Old-${n % 5}`, expected: Math.floor(n / 5) - 1, bucket: 0 };
    const rows = [{ ...event, data: '{}', metadata: '{}', ...place, revision: place.expected + 1 }];
    const answer = await database.query({
      text: 'select * from event_store.append($1, $2)',
      values: [context, JSON.stringify(rows)],
    });
    expect(answer).toEqual([{ stream_id: place.stream_id, appended: true, revision: place.expected + 1 }]);
  }
  expect(await sizeOfLocks()).toBe(8192);
  const [event] = newEvents(1);
  const late = { ...event, data: '{}', metadata: '{}', n: 0, stream_id: `${context}-Old-0`, expected: 3, bucket: 0 };
  const answer = await database.query({
    text: 'select * from event_store.append($1, $2)',
    values: [context, JSON.stringify([{ ...late, revision: 4 }])],
  });
  expect(answer).toEqual([{ stream_id: late.stream_id, appended: false, revision: 59 }]);
}, 60_000);

test('an append looks at as many pages after a thousand others as at the beginning', async () => {
  const context = freshContext();
  /** Appends an event to a stream of its own. @returns how many pages of the server that took */
  async function append(n: number): Promise<number> {
    const place = { n: 1, stream_id: `${context}-Thing-${n}`, expected: -1, revision: 0, bucket: 0 };
    const rows = [{ ...newEvents(1)[0], data: '{}', metadata: '{}', ...place }];
    const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>({
      text: `explain (analyze, buffers, format json) select * from event_store.append($1, $2, 'Happened')`,
      values: [context, JSON.stringify(rows)],
    });
    const plan = row?.['QUERY PLAN'][0].Plan ?? {};
    return (plan['Shared Hit Blocks'] ?? Number.NaN) + (plan['Shared Read Blocks'] ?? Number.NaN);
  }
  const pages: number[] = [];
  for (let n = 0; n < 1000; n++) pages.push(await append(n));
  const middle = (some: readonly number[]) => [...some].sort((a, b) => a - b)[Math.floor(some.length / 2)] as number;
  // The indexes have become a level deeper at most.
  expect(middle(pages.slice(-50))).toBeLessThan(middle(pages.slice(10, 60)) + 15);
}, 120_000);
