import { randomUUID } from 'node:crypto';
import {
  type EventStore,
  type ExpectedRevision,
  eventIdOf,
  type NewEvent,
  RevisionConflict,
  silent,
  streamIdOf,
  Unavailable,
} from '@daybook/core';
import { eventually, startTestPostgres, type TestServer } from '@daybook/testing';
import pg from 'pg';
import { connectPostgresEventStore } from './index.ts';

let server: TestServer;
let store: EventStore;

beforeAll(async () => {
  server = await startTestPostgres();
  store = connectPostgresEventStore({ url: server.url, log: silent });
}, 120_000);

afterAll(async () => {
  await store.close();
  await server.stop();
}, 60_000);

/** A context of its own for each test: its feed has nothing of the others. */
const freshContext = () => `test${randomUUID().replaceAll('-', '')}`;

function newEvents(count: number, data: unknown = { n: 1 }): NewEvent[] {
  const commandId = randomUUID();
  const metadata = {
    command_id: commandId,
    causation_id: commandId,
    correlation_id: commandId,
    schema_version: 1,
    recorded_at: '2026-01-01T00:00:00.000Z',
  };
  return Array.from({ length: count }, (_, n) => ({ id: eventIdOf(commandId, n), type: 'Happened', data, metadata }));
}

const appendTo = (streamId: string, expected: ExpectedRevision, count = 1) =>
  store.append(streamId, expected, newEvents(count));

describe('append', () => {
  test('to a new stream, and on', async () => {
    const stream = streamIdOf(freshContext(), 'Thing', '1');
    expect(await appendTo(stream, 'no-stream', 2)).toEqual({ revision: 1 });
    expect(await appendTo(stream, 1)).toEqual({ revision: 2 });
    expect((await store.read(stream, 0, 10)).map(({ revision }) => revision)).toEqual([0, 1, 2]);
  });

  test('at the wrong revision: a conflict that tells the right one, and nothing stored', async () => {
    const stream = streamIdOf(freshContext(), 'Thing', '1');
    await expect(appendTo(stream, 0)).rejects.toMatchObject({ code: 'revision_conflict', actualRevision: -1 });
    await appendTo(stream, 'no-stream', 2);
    for (const wrong of ['no-stream', 0, 2] as const) {
      await expect(appendTo(stream, wrong)).rejects.toMatchObject({ code: 'revision_conflict', actualRevision: 1 });
    }
    expect(await store.read(stream, 0, 10)).toHaveLength(2);
  });

  test('the same events again: the same answer, stored once', async () => {
    const stream = streamIdOf(freshContext(), 'Thing', '1');
    const events = newEvents(2);
    expect(await store.append(stream, 'no-stream', events)).toEqual({ revision: 1 });
    await appendTo(stream, 1);
    expect(await store.append(stream, 'no-stream', events)).toEqual({ revision: 1 });
    expect(await store.read(stream, 0, 10)).toHaveLength(3);
  });

  test('two writers, one new stream, 200 rounds: exactly one creates it', async () => {
    const other = connectPostgresEventStore({ url: server.url, log: silent });
    const context = freshContext();
    for (let round = 0; round < 200; round++) {
      const stream = streamIdOf(context, 'Thing', String(round));
      const outcomes = await Promise.allSettled(
        [store, other].map((one) => one.append(stream, 'no-stream', newEvents(1))),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(RevisionConflict);
      expect(await store.read(stream, 0, 10)).toHaveLength(1);
    }
    await other.close();
  }, 60_000);

  test('the database itself refuses a second event at a revision', async () => {
    const stream = streamIdOf(freshContext(), 'Thing', '1');
    await appendTo(stream, 'no-stream');
    const client = new pg.Client(server.url);
    await client.connect();
    const again = client.query(
      `insert into event_store.events select context, position + 1, stream_id, revision, bucket, gen_random_uuid(), type, data, metadata
       from event_store.events where stream_id = $1`,
      [stream],
    );
    await expect(again).rejects.toThrow('events_stream_revision');
    await client.end();
  });

  test('a conflict, a reused id and bad data fail alone: their neighbours in the commit are stored', async () => {
    const context = freshContext();
    const stream = (id: number) => streamIdOf(context, 'Thing', String(id));
    const used = newEvents(1);
    await store.append(stream(0), 'no-stream', used);
    const outcomes = await Promise.allSettled([
      appendTo(stream(1), 'no-stream'),
      appendTo(stream(2), 7),
      store.append(stream(3), 'no-stream', used),
      store.append(stream(4), 'no-stream', [{ ...(newEvents(1)[0] as NewEvent), id: 'no uuid' }]),
      appendTo(stream(5), 'no-stream'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(outcomes[2]).toMatchObject({ reason: { code: 'message_id_reused', next: 'park' } });
    expect(await store.readFeed(context, 0, 10)).toHaveLength(3);
  });

  test('what was written is read, to the letter', async () => {
    const stream = streamIdOf(freshContext(), 'Thing', 'ünï-çødé 🏦');
    const data = {
      text: 'a\u0000b\ud83c\udfe6 "\\ \u2028',
      big: 9007199254740991,
      deep: [[{ a: null }]],
      long: 'x'.repeat(1_000_000),
    };
    const [event] = newEvents(1, data);
    await store.append(stream, 'no-stream', [event as NewEvent]);
    expect((await store.read(stream, 0, 1))[0]).toMatchObject({ ...event, streamId: stream, revision: 0 });
  });
});

describe('read', () => {
  test('from a revision, in pages; a stream that is not there is empty', async () => {
    const stream = streamIdOf(freshContext(), 'Thing', '1');
    expect(await store.read(stream, 0, 10)).toEqual([]);
    await appendTo(stream, 'no-stream', 10);
    expect((await store.read(stream, 4, 3)).map(({ revision }) => revision)).toEqual([4, 5, 6]);
    expect(await store.read(stream, 10, 3)).toEqual([]);
  });

  test('many streams at once', async () => {
    const context = freshContext();
    const streams = Array.from({ length: 300 }, (_, n) => streamIdOf(context, 'Thing', String(n)));
    await Promise.all(streams.map((stream, n) => appendTo(stream, 'no-stream', 1 + (n % 3))));
    const read = await Promise.all(streams.map((stream) => store.read(stream, 0, 10)));
    expect(read.map((events) => events.length)).toEqual(streams.map((_, n) => 1 + (n % 3)));
    expect(read.every((events, n) => events.every(({ streamId }) => streamId === streams[n]))).toBe(true);
  });
});

describe('feed', () => {
  test('has every event of its context once, in an order that extends the streams', async () => {
    const context = freshContext();
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => appendTo(streamIdOf(context, 'Thing', String(n)), 'no-stream', 2)),
    );
    await appendTo(streamIdOf(freshContext(), 'Thing', '1'), 'no-stream');
    const feed = await store.readFeed(context, 0, 1000);
    expect(feed.map(({ position }) => position)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    for (const n of Array(50).keys()) {
      const revisions = feed
        .filter(({ streamId }) => streamId === streamIdOf(context, 'Thing', String(n)))
        .map(({ revision }) => revision);
      expect(revisions).toEqual([0, 1]);
    }
  });

  test('a reader that follows it misses nothing, though transactions are held open and commit late', async () => {
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
      const client = new pg.Client(server.url);
      await client.connect();
      for (let n = 0; n < 10; n++) {
        await client.query('begin');
        const [event] = newEvents(1);
        const row = {
          ...event,
          data: '{}',
          metadata: '{}',
          n: 0,
          stream_id: `${context}-Slow-${writer}-${n}`,
          expected: -1,
          revision: 0,
          bucket: 0,
        };
        await client.query('select event_store.append($1, $2)', [context, JSON.stringify([row])]);
        await new Promise((resolve) => setTimeout(resolve, 15));
        await client.query('commit');
      }
      await client.end();
    };
    const fast = async (writer: number) => {
      for (let n = 0; n < 60; n++) await appendTo(streamIdOf(context, 'Fast', `${writer}-${n}`), 'no-stream');
    };
    await Promise.all([slow(1), slow(2), fast(1), fast(2), fast(3), fast(4)]);
    writing = false;
    await reading;
    expect(seen).toEqual(Array.from({ length: 260 }, (_, n) => n + 1));
  }, 60_000);
});

describe('when the server can not be reached', () => {
  test('every call says Unavailable in time, also when the peer takes the connection and never answers', async () => {
    const { createServer } = await import('node:net');
    const mute = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    const address = mute.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const lost = connectPostgresEventStore({ url: `postgres://a:b@127.0.0.1:${port}/c`, log: silent, deadlineMs: 300 });
    await expect(lost.read('a-B-1', 0, 1)).rejects.toBeInstanceOf(Unavailable);
    await expect(lost.append('a-B-1', 'no-stream', newEvents(1))).rejects.toBeInstanceOf(Unavailable);
    await expect(lost.ping()).rejects.toBeInstanceOf(Unavailable);
    await lost.close();
    mute.close();
  });

  test('after a crash and a restart of the server it goes on', async () => {
    const stream = streamIdOf(freshContext(), 'Thing', '1');
    await appendTo(stream, 'no-stream');
    await server.kill();
    await expect(appendTo(stream, 0)).rejects.toBeInstanceOf(Unavailable);
    await server.start();
    await eventually('an append after the restart', () => appendTo(stream, 0));
    expect(await store.read(stream, 0, 10)).toHaveLength(2);
  }, 60_000);
});
