import type { Hold, Log } from '@daybook/core';
import pg from 'pg';
import { unavailable } from './faults.ts';

/** Milliseconds that the server waits for a lock before it looks whether anybody still wants it. */
const LOCK_TIMEOUT_MS = 10_000;
/** SQLSTATE lock_not_available. */
const NOT_IN_TIME = '55P03';

/**
 * Holds a name in the database, by an advisory lock on a connection of its own: when the process dies, the server gives it to
 * the next in the same moment. The lock is that of a transaction which lasts as long as it is held, because a pooler may
 * give the session to somebody else after any transaction. It has no snapshot meanwhile, so it keeps back no vacuum.
 * @returns undefined when the signal was given before
 * @throws Unavailable
 */
export async function holdName(
  { url, applicationName, log }: { url: string; applicationName: string; log: Log },
  name: string,
  signal: AbortSignal,
): Promise<Hold | undefined> {
  const client = new pg.Client({
    connectionString: url,
    application_name: `${applicationName} ${name}`.slice(0, 63),
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  const lost = new AbortController();
  const close = () => client.end().catch(() => {});
  client.on('error', (err) => {
    if (!signal.aborted) log.warn({ err, name }, 'lost the connection that holds a name; another process may take it');
    lost.abort();
  });
  client.on('end', () => lost.abort());
  const endWait = () => void close();
  signal.addEventListener('abort', endWait);
  try {
    await client.connect();
    while (!(await isLocked(client, name)));
    if (!signal.aborted) return { lost: lost.signal, release: close };
  } catch (error) {
    if (!signal.aborted) {
      await close();
      throw unavailable(error);
    }
  } finally {
    signal.removeEventListener('abort', endWait);
  }
  await close();
  return undefined;
}

async function isLocked(client: pg.Client, name: string): Promise<boolean> {
  await client.query(
    `begin; set local lock_timeout = ${LOCK_TIMEOUT_MS}; set local statement_timeout = 0;
     set local idle_in_transaction_session_timeout = 0`,
  );
  try {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`daybook ${name}`]);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code !== NOT_IN_TIME) throw error;
    await client.query('rollback');
    return false;
  }
}
