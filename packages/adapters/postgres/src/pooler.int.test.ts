import { type Log, silent } from '@daybook/core';
import { findPgbouncer } from '@daybook/local-servers';
import {
  eventually,
  migrate,
  startEmptyPostgres,
  startTestPgbouncer,
  type TestPooler,
  type TestServer,
} from '@daybook/test-support';
import fc from 'fast-check';
import { connectDatabase, type Database, holdName, isRefusedToWrite, type ListenOptions, listen } from './index.ts';

const there = findPgbouncer() !== undefined;
if (!there) console.warn('SKIPPED: there is no PgBouncer on this machine');

let server: TestServer;
let direct: Database;
const poolers = {} as Record<'transaction' | 'session', TestPooler>;

beforeAll(async () => {
  server = await startEmptyPostgres();
  direct = connectDatabase({ url: server.url, applicationName: 'test', log: silent });
  if (!there) return;
  for (const mode of ['transaction', 'session'] as const) poolers[mode] = await startTestPgbouncer(server.url, mode);
}, 120_000);

afterAll(async () => {
  await direct.close();
  await Promise.all(Object.values(poolers).map((pooler) => pooler.remove()));
  await server.remove();
}, 60_000);

/** Keeps what is logged at these levels. */
function recorded(): { log: Log; said: string[] } {
  const said: string[] = [];
  const keep = (_fields: object, message: string) => void said.push(message);
  return { log: { ...silent, info: keep, warn: keep }, said };
}

const SETTINGS = ['statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_read_only', 'lock_timeout'];
const settingsBy = async (query: Database['query']) => {
  const text = `select ${SETTINGS.map((name) => `current_setting('${name}') as ${name}`).join(', ')}`;
  return (await query<Record<string, string>>({ text }))[0];
};

test('a session of its own has limits: for statements, and for transactions that nothing is asked of', async () => {
  expect(await settingsBy(direct.query)).toMatchObject({
    statement_timeout: '9s',
    idle_in_transaction_session_timeout: '10s',
  });
  const reading = connectDatabase({ url: server.url, applicationName: 'r', log: silent, readOnly: true });
  const refused = await reading.query({ text: 'create table no (n int)' }).catch((error: unknown) => error);
  expect(isRefusedToWrite(refused)).toBe(true);
  expect((await settingsBy(reading.query))?.transaction_read_only).toBe('on');
  await reading.close();
});

(there ? describe : describe.skip).each(['transaction', 'session'] as const)('behind a pooler, by %s', (mode) => {
  test('sessions go from one to the other with nothing left behind: no limits, no locks, nothing prepared', async () => {
    const { url } = poolers[mode];
    const { log, said } = recorded();
    const untouched = await settingsBy(
      connectionless(() => connectDatabase({ url, applicationName: 'x', log: silent, maxConnections: 1 })),
    );
    const databases = {
      writer: connectDatabase({ url, applicationName: 'w', log, deadlineMs: 20_000 }),
      reader: connectDatabase({ url, applicationName: 'r', log: silent, readOnly: true, deadlineMs: 4000 }),
      other: connectDatabase({ url, applicationName: 'o', log: silent, deadlineMs: 30_000, maxConnections: 2 }),
    };
    await direct.query({ text: 'create table if not exists counted (n bigint)' });
    const step = fc.record({
      by: fc.constantFrom(...(Object.keys(databases) as (keyof typeof databases)[])),
      how: fc.constantFrom('query' as const, 'transaction' as const),
      fails: fc.boolean(),
      name: fc.constantFrom('a', 'b', undefined),
    });
    const texts = { a: 'select $1::int as n', b: 'select $1::int + 1 as n' };
    let wanted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        await Promise.all(
          steps.map(async ({ by, how, fails, name }) => {
            const database = databases[by];
            const statement = { ...(name && { name }), text: texts[name ?? 'a'], values: [1] };
            const work = async (query: Database['query']) => {
              const [row] = await query<{ n: number }>(statement);
              expect(row?.n).toBe(name === 'b' ? 2 : 1);
              if (by !== 'reader') await query({ text: 'insert into counted values (1)' });
              if (fails) await query({ text: 'select 1 / $1::int', values: [0] });
              if (by !== 'reader' && !fails) wanted++;
            };
            if (how === 'transaction') {
              const done = database.transaction(work);
              await (fails ? expect(done).rejects.toMatchObject({ code: '22012' }) : done);
            } else {
              const [row] = await database.query<{ n: number }>(statement);
              expect(row?.n).toBe(name === 'b' ? 2 : 1);
            }
          }),
        );
      }),
      { numRuns: 40 },
    );
    const [counted] = await direct.query<{ count: number }>({ text: 'select count(*) as count from counted' });
    expect(counted?.count).toBe(wanted);
    await direct.query({ text: 'truncate counted' });
    // Single statements have whatever the session has by itself, every one of them.
    const seen = await Promise.all(Array.from({ length: 40 }, () => settingsBy(databases.other.query)));
    expect(seen).toEqual(seen.map(() => untouched));
    expect(await databases.other.transaction(settingsBy)).toMatchObject({ statement_timeout: '27s' });
    expect(said).toEqual([expect.stringContaining('reached through a connection pooler')]);
    const [left] = await direct.query<{ locks: number }>({
      text: `select count(*) as locks from pg_locks where locktype = 'advisory'`,
    });
    expect(left?.locks).toBe(0);
    await Promise.all(Object.values(databases).map((database) => database.close()));
  }, 60_000);

  test('a name is held by one, though sessions are lent to others meanwhile', async () => {
    const options = { url: poolers[mode].url, applicationName: 'holder', log: silent };
    const never = new AbortController().signal;
    const held = await holdName(options, 'shared', never);
    let second: unknown;
    const waiting = holdName(options, 'shared', never).then((hold) => (second = hold));
    const others = connectDatabase({ url: poolers[mode].url, applicationName: 'x', log: silent });
    for (let n = 0; n < 50; n++) await others.query({ text: 'select 1' });
    // One that is not in the pool waits for it as well.
    const outside = holdName({ ...options, url: server.url }, 'shared', never);
    await eventually('both wait', async () => {
      const [row] = await direct.query<{ count: number }>({
        text: `select count(*) as count from pg_locks where locktype = 'advisory' and not granted`,
      });
      return row?.count === 2;
    });
    expect(second).toBeUndefined();
    expect(held?.lost.aborted).toBe(false);
    await held?.release();
    const next = await Promise.race([waiting, outside]);
    await next?.release();
    for (const hold of await Promise.all([waiting, outside])) await hold?.release();
    await others.close();
  }, 60_000);

  test('migrations run, two at once too, and leave no lock', async () => {
    const { url } = poolers[mode];
    await Promise.all([migrate(url), migrate(url)]);
    await migrate(url);
    const rows = await direct.query({ text: `select from pg_locks where locktype = 'advisory'` });
    expect(rows).toEqual([]);
  }, 120_000);
});

/** Where notifications do not arrive, this says so and asks on. */
async function listening(options: Pick<ListenOptions, 'url' | 'listenUrl'>, done: (told: Told) => Promise<boolean>) {
  const { log, said } = recorded();
  const told: Told = { payloads: [], polls: 0, said };
  const running = listen({ ...options, channel: 'tested', applicationName: 'listener', log }, (payload) => {
    if (payload === undefined) told.polls++;
    else told.payloads.push(payload);
  });
  try {
    await eventually('what is expected was told', () => done(told), 20_000);
  } finally {
    await running.close();
  }
  return told;
}

interface Told {
  readonly payloads: string[];
  polls: number;
  readonly said: string[];
}

const notify = () => direct.query({ text: `select pg_notify('tested', 'hello')` });

(there ? describe : describe.skip)('notifications', () => {
  test('none arrives by transactions: that is said, with what to do, and made up for by asking', async () => {
    const { url } = poolers.transaction;
    const { polls, payloads, said } = await listening({ url }, async ({ said: soFar, polls: asked }) => {
      await notify();
      return soFar.length > 0 && asked > 20;
    });
    expect(polls).toBeGreaterThan(20);
    expect(payloads).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/no notification arrives here.*EVENT_STORE_LISTEN_URL/)]);
  }, 60_000);

  test.each([
    ['by sessions', () => ({ url: poolers.session.url })],
    [
      'by transactions, with a way past them to listen',
      () => ({ url: poolers.transaction.url, listenUrl: server.url }),
    ],
    ['directly', () => ({ url: server.url })],
  ])(
    'they arrive %s, and nothing is asked for long',
    async (_how, options) => {
      const { polls, said } = await listening(options(), async ({ payloads }) => {
        await notify();
        return payloads.length >= 100;
      });
      // When it begins to listen, and until the proof is back.
      expect(polls).toBeLessThan(10);
      expect(said).toEqual([]);
    },
    60_000,
  );

  test('a URL to listen that leads elsewhere is noticed', async () => {
    await direct.query({ text: 'create database elsewhere' });
    const listenUrl = new URL(server.url);
    listenUrl.pathname = '/elsewhere';
    const { said } = await listening(
      { url: server.url, listenUrl: listenUrl.href },
      async (told) => told.said.length > 0,
    );
    expect(said).toEqual([expect.stringContaining('no notification arrives by the URL for listening')]);
  }, 60_000);
});

/** A query on a database of its own. */
function connectionless(connect: () => Database): Database['query'] {
  return async (statement) => {
    const database = connect();
    try {
      return await database.query(statement);
    } finally {
      await database.close();
    }
  };
}
