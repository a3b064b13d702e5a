import { type EventStore, type NewEvent, silent, streamIdOf, Unavailable } from '@daybook/core';
import { eventually, freshContext, newEvents, startTestPostgres, type TestServer } from '@daybook/test-support';
import pg from 'pg';
import { connectPostgresEventStore } from './index.ts';

// What only this adapter must do. What every event store must do is in test/contract.

let server: TestServer;
let store: EventStore;
let client: pg.Client;

beforeAll(async () => {
  server = await startTestPostgres();
  store = connectPostgresEventStore({ url: server.url, log: silent });
  client = new pg.Client(server.url);
  await client.connect();
}, 120_000);

afterAll(async () => {
  await client.end();
  await store.close();
  await server.remove();
}, 60_000);

test('the database itself refuses a second event at a revision', async () => {
  const stream = streamIdOf(freshContext(), 'Thing', '1');
  await store.append(stream, 'no-stream', newEvents(1));
  const again = client.query(
    `insert into event_store.events select context, position + 1, stream_id, revision, bucket, gen_random_uuid(), type, data, metadata
     from event_store.events where stream_id = $1`,
    [stream],
  );
  await expect(again).rejects.toThrow('events_stream_revision');
});

test('a conflict, a reused id and bad data fail alone: their neighbours in the commit are stored', async () => {
  const context = freshContext();
  const append = (id: number, expected: number | 'no-stream', events = newEvents(1)) =>
    store.append(streamIdOf(context, 'Thing', String(id)), expected, events);
  const used = newEvents(1);
  await append(0, 'no-stream', used);
  const outcomes = await Promise.allSettled([
    append(1, 'no-stream'),
    append(2, 7),
    append(3, 'no-stream', used),
    append(4, 'no-stream', [{ ...(newEvents(1)[0] as NewEvent), id: 'no uuid' }]),
    append(5, 'no-stream'),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled']);
  expect(outcomes[2]).toMatchObject({ reason: { code: 'message_id_reused', next: 'park' } });
  expect(await store.readFeed(context, 0, 10)).toHaveLength(3);
});

test('many appends and reads at once share statements', async () => {
  const context = freshContext();
  const streams = Array.from({ length: 300 }, (_, n) => streamIdOf(context, 'Thing', String(n)));
  await Promise.all(streams.map((stream, n) => store.append(stream, 'no-stream', newEvents(1 + (n % 3)))));
  const read = await Promise.all(streams.map((stream) => store.read(stream, 0, 10)));
  expect(read.map((events) => events.length)).toEqual(streams.map((_, n) => 1 + (n % 3)));
  expect(read.every((events, n) => events.every(({ streamId }) => streamId === streams[n]))).toBe(true);
  const { rows } = await client.query(
    'select count(distinct xmin::text)::integer as commits from event_store.events where context = $1',
    [context],
  );
  expect(rows[0].commits).toBeLessThan(30);
});

test('a reader that follows the feed misses nothing, though transactions are held open and commit late', async () => {
  const context = freshContext();
  const seen: number[] = [];
  let writing = true;
  const reading = (async () => {
    for (let after = 0; ; ) {
      const done = !writing;
      const events = await store.readFeed(context, after, 7);
      seen.push(...events.map(({ position }) => position));
      after = events.at(-1)?.position ?? after;
      if (done && events.length === 0) return;
    }
  })();
  const slow = async (writer: number) => {
    const own = new pg.Client(server.url);
    await own.connect();
    for (let n = 0; n < 10; n++) {
      await own.query('begin');
      const [event] = newEvents(1);
      const place = { n: 0, stream_id: `${context}-Slow-${writer}-${n}`, expected: -1, revision: 0, bucket: 0 };
      await own.query('select event_store.append($1, $2)', [
        context,
        JSON.stringify([{ ...event, data: '{}', metadata: '{}', ...place }]),
      ]);
      await new Promise((resolve) => setTimeout(resolve, 15));
      await own.query('commit');
    }
    await own.end();
  };
  const fast = async (writer: number) => {
    for (let n = 0; n < 60; n++)
      await store.append(streamIdOf(context, 'Fast', `${writer}-${n}`), 'no-stream', newEvents(1));
  };
  await Promise.all([slow(1), slow(2), fast(1), fast(2), fast(3), fast(4)]);
  writing = false;
  await reading;
  expect(seen).toEqual(Array.from({ length: 260 }, (_, n) => n + 1));
}, 60_000);

test('events of the largest size are appended, read and delivered in portions that memory can hold', async () => {
  const context = freshContext();
  const large = 'x'.repeat(1024 * 1024 - 100);
  const streams = Array.from({ length: 40 }, (_, n) => streamIdOf(context, 'Thing', String(n)));
  await Promise.all(streams.map((stream) => store.append(stream, 'no-stream', newEvents(1, { large }))));
  const page = await store.readFeed(context, 0, 500);
  expect(page.length).toBeGreaterThan(1);
  expect(page.length).toBeLessThan(9);
  const found: number[] = [];
  for (let after = 0; ; ) {
    const events = await store.readFeed(context, after, 500);
    if (events.length === 0) break;
    found.push(...events.map(({ position }) => position));
    after = found.at(-1) ?? 0;
  }
  expect(found).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));

  const delivered: string[] = [];
  let most = 0;
  const subscription = await store.subscribe({
    group: 'large',
    context,
    batchSize: 500,
    async handle(events) {
      most = Math.max(most, events.length);
      delivered.push(...events.map(({ streamId }) => streamId));
    },
  });
  await eventually('delivered', () => delivered.length >= 40);
  await subscription.stop();
  expect([...delivered].sort()).toEqual([...streams].sort());
  expect(most).toBeLessThan(9);
}, 60_000);

test.each(['repeatable read', 'serializable'])(
  'where every transaction is %s, a writer that was overtaken is told to try again, and the feed has no gap',
  async (isolation) => {
    const context = freshContext();
    await client.query(`alter database daybook set default_transaction_isolation = '${isolation}'`);
    const stores = [1, 2, 3].map(() => connectPostgresEventStore({ url: server.url, log: silent }));
    const insist = async (one: EventStore, id: string) => {
      for (;;) {
        try {
          return await one.append(streamIdOf(context, 'Thing', id), 'no-stream', newEvents(1));
        } catch (error) {
          if (!(error instanceof Unavailable)) throw error;
        }
      }
    };
    const writing = stores.map(async (one, writer) => {
      for (let n = 0; n < 30; n++) await insist(one, `${writer}-${n}`);
    });
    await Promise.all(writing);
    const feed = await store.readFeed(context, 0, 1000);
    expect(feed.map(({ position }) => position)).toEqual(Array.from({ length: 90 }, (_, n) => n + 1));
    expect(new Set(feed.map(({ streamId }) => streamId)).size).toBe(90);
    await client.query('alter database daybook reset default_transaction_isolation');
    await Promise.all(stores.map((one) => one.close()));
  },
  60_000,
);
