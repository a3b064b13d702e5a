import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { type EventStore, silent, streamIdOf } from '@daybook/core';
import { freshContext, newEvents, startTestPostgres, type TestServer } from '@daybook/test-support';
import fc from 'fast-check';
import pg from 'pg';
import { connectPostgresEventStore } from './index.ts';

let server: TestServer;
let store: EventStore;
/** As every service connects: here the owner of all, and a superuser. */
let client: pg.Client;
const context = freshContext();

beforeAll(async () => {
  server = await startTestPostgres();
  store = connectPostgresEventStore({ url: server.url, log: silent });
  client = new pg.Client(server.url);
  await client.connect();
  await store.append(streamIdOf(context, 'Thing', '1'), 'no-stream', newEvents(5));
}, 120_000);

afterAll(async () => {
  await client.end();
  await store.close();
  await server.remove();
}, 60_000);

const contents = async (from: pg.Client) =>
  (await from.query('select * from event_store.events order by context, position')).rows;

test('nobody changes or removes events: not with any statement, not on any row, not with triggers switched off', async () => {
  const before = await contents(client);
  const conditions = fc.constantFrom(
    '',
    'where true',
    'where false',
    'where position = 1',
    `where context = '${context}'`,
  );
  const columns = Object.keys(before[0]);
  const changing = fc.oneof(
    fc.tuple(fc.constantFrom(...columns), conditions).map(([c, w]) => `update event_store.events set ${c} = ${c} ${w}`),
    conditions.map((where) => `delete from event_store.events ${where}`),
    conditions.map((where) => `with gone as (delete from event_store.events ${where} returning 1) select * from gone`),
    fc.constant('truncate event_store.events'),
    fc.constant('truncate event_store.events, event_store.feed_locks cascade'),
    fc.constant('merge into event_store.events e using event_store.events s on e.id = s.id when matched then delete'),
    fc.constant(
      'insert into event_store.events select * from event_store.events on conflict (id) do update set type = excluded.type',
    ),
  );
  await fc.assert(
    fc.asyncProperty(changing, fc.constantFrom('origin', 'replica', 'local'), async (statement, role) => {
      await client.query(`set session_replication_role = ${role}`);
      await expect(client.query(statement)).rejects.toThrow('is refused: events are only ever appended');
    }),
    { numRuns: 100 },
  );
  await client.query('reset session_replication_role');
  expect(await contents(client)).toEqual(before);
  await store.append(streamIdOf(context, 'Thing', '1'), 4, newEvents(1));
});

test('the owner can, on purpose, and in a transaction that switches the trigger on again', async () => {
  const stream = streamIdOf(context, 'Thing', '2');
  await store.append(stream, 'no-stream', newEvents(1, { name: 'Ann' }));
  await client.query('begin');
  await client.query('alter table event_store.events disable trigger append_only');
  await client.query(`update event_store.events set data = '{"name":"erased"}' where stream_id = $1`, [stream]);
  await client.query('alter table event_store.events enable always trigger append_only');
  await client.query('commit');
  expect((await store.read(stream, 0, 1))[0]?.data).toEqual({ name: 'erased' });
  await expect(client.query('delete from event_store.events')).rejects.toThrow('is refused');
});

/** They come with the server of most systems, but not with the one from npm. */
const tools = ['pg_dump', 'psql'].every((tool) => spawnSync(tool, ['--version']).status === 0);

(tools ? test : test.skip)(
  'a dump is restored, whole and in parts, and protects what is in it',
  async () => {
    const run = promisify(execFile);
    const before = await contents(client);
    const dump = async (...args: string[]) =>
      (await run('pg_dump', [...args, '--schema=event_store', server.url], { maxBuffer: 1e8 })).stdout;
    const restore = async (database: string, ...scripts: string[]) => {
      await client.query(`create database ${database}`);
      const url = new URL(server.url);
      url.pathname = `/${database}`;
      for (const script of scripts) {
        const done = run('psql', ['--quiet', '--set=ON_ERROR_STOP=1', url.href], { maxBuffer: 1e8 });
        done.child.stdin?.end(script);
        await done;
      }
      const restored = new pg.Client(url.href);
      await restored.connect();
      try {
        expect(await contents(restored)).toEqual(before);
        await expect(restored.query('truncate event_store.events')).rejects.toThrow('is refused');
        await restored.query(`set session_replication_role = replica`);
        await expect(restored.query('delete from event_store.events')).rejects.toThrow('is refused');
      } finally {
        await restored.end();
      }
    };
    await restore('whole', await dump());
    await restore('in_parts', await dump('--schema-only'), await dump('--data-only'));
  },
  60_000,
);
