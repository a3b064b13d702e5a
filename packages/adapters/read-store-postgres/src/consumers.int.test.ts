import { type ConsumerHost, type SqlTransaction, silent, sqlConsumer } from '@daybook/core';
import { connectDatabase, type Database } from '@daybook/postgres';
import { startTestPostgres, type TestServer } from '@daybook/test-support';
import { recordedEvents } from '@daybook/testing';
import { connectConsumers, createConsumers } from './consumers.ts';

let server: TestServer;
let database: Database;
const hosts: (ConsumerHost & { close(): Promise<void> })[] = [];
const never = new AbortController().signal;

beforeAll(async () => {
  server = await startTestPostgres();
  database = connectDatabase({ url: server.url, applicationName: 'test', log: silent });
  await createConsumers({ url: server.url, consumers: [counter('a'), counter('b')], log: silent });
}, 120_000);
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  await database?.close();
  await server?.remove();
}, 60_000);

function host() {
  const connected = connectConsumers({ url: server.url, log: silent });
  hosts.push(connected);
  return connected;
}

const CREATE = 'create schema if not exists own; create table if not exists own.seen (name text, position bigint)';
const record = (name: string, tx: SqlTransaction, position: number) =>
  tx.query('insert into own.seen values ($1, $2)', [name, position]);

function counter(name: string, handle?: (tx: SqlTransaction) => Promise<void>, context = 'test') {
  return sqlConsumer({
    ...{ name, context, version: 1, create: CREATE },
    async handle(events, tx) {
      for (const { position } of events) await record(name, tx, position);
      await handle?.(tx);
    },
  });
}

const events = recordedEvents(
  ...Array.from({ length: 4 }, () => ['test-Thing-1', { type: 'Happened', data: {} }] as const),
);
const seenBy = async (name: string) =>
  (
    await database.query<{ position: number }>({
      text: 'select position from own.seen where name = $1 order by position',
      values: [name],
    })
  ).map(({ position }) => position);

test('of two processes that both believe to hold it, the one that is behind writes nothing', async () => {
  const [one, two] = [host().bind(counter('a')), host().bind(counter('a'))];
  expect(await Promise.all([one.checkpoint.load(), two.checkpoint.load()])).toEqual([0, 0]);
  const both = await Promise.allSettled([one.handle(events.slice(0, 2), 2), two.handle(events.slice(0, 2), 2)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await seenBy('a')).toEqual([1, 2]);
  expect(await two.checkpoint.load()).toBe(2);
  await two.handle(events.slice(2), 4);
  expect(await seenBy('a')).toEqual([1, 2, 3, 4]);
  expect(await host().bind(counter('a')).checkpoint.load()).toBe(4);
});

test('what fails leaves nothing behind, neither rows nor checkpoint; a position alone is stored', async () => {
  const failing = host().bind(counter('b', () => Promise.reject(new Error('a bug'))));
  await failing.checkpoint.load();
  await expect(failing.handle(events, 4)).rejects.toThrow('a bug');
  expect(await seenBy('b')).toEqual([]);
  expect(await failing.checkpoint.load()).toBe(0);
  await failing.handle([], 4);
  expect(await failing.checkpoint.load()).toBe(4);
});

test('a transaction is of no use after its batch', async () => {
  let kept: SqlTransaction | undefined;
  const keep = async (tx: SqlTransaction) => {
    kept = tx;
  };
  const keeping = host().bind(counter('kept', keep));
  await keeping.checkpoint.load();
  await keeping.handle(events, 4);
  await expect(kept?.query('select 1')).rejects.toThrow('the transaction of this batch is over');
});

test('one that moves to another context has to raise its version', async () => {
  const moved = host().bind(counter('a', undefined, 'elsewhere'));
  await expect(moved.checkpoint.load()).rejects.toThrow(
    "version 1 of the consumer 'a' has a checkpoint in the context 'test': raise its version to start over in 'elsewhere'",
  );
});

test('a name is held by one; another gets it in the moment that its connection is gone', async () => {
  const held = await host().hold('shared', never);
  let second: unknown;
  const waiting = host()
    .hold('shared', never)
    .then((hold) => (second = hold));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(second).toBeUndefined();
  expect(held?.lost.aborted).toBe(false);
  await database.query({
    text: `select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and granted and application_name = 'daybook consumer shared'`,
  });
  const next = await waiting;
  expect(next?.lost.aborted).toBe(false);
  expect(held?.lost.aborted).toBe(true);
  await next?.release();
  await (await host().hold('shared', never))?.release();
});

test('who stops while it waits gets nothing', async () => {
  const held = await host().hold('busy', never);
  const stopping = new AbortController();
  const waiting = host().hold('busy', stopping.signal);
  setTimeout(() => stopping.abort(), 100);
  expect(await waiting).toBeUndefined();
  await held?.release();
});

test('SQL that fails is told with the name of its consumer; two at once are fine', async () => {
  const both = [1, 2].map(() => createConsumers({ url: server.url, consumers: [counter('a')], log: silent }));
  await Promise.all(both);
  const broken = { ...counter('broken'), create: 'create tabel x' };
  await expect(createConsumers({ url: server.url, consumers: [broken], log: silent })).rejects.toThrow(
    "'create' of the consumer 'broken' failed: syntax error",
  );
});

test('before any migration it waits, and says what to do', async () => {
  const url = new URL(server.url);
  url.pathname = '/postgres';
  const bare = connectConsumers({ url: url.href, log: silent });
  hosts.push(bare);
  await expect(bare.bind(counter('a')).checkpoint.load()).rejects.toMatchObject({
    next: 'wait',
    message: expect.stringContaining("run 'daybook migrate'"),
  });
});
