import { type Clock, type Log, Unavailable } from '@daybook/core';
import { Client } from 'pg';

/** Between two tries, milliseconds. */
const PAUSE_MS = 500;

/** Waits until the database takes connections. @throws Unavailable when it does not in time */
export async function waitForDatabase(url: string, waitMs: number, { clock, log }: { clock: Clock; log: Log }) {
  const deadline = clock.now().getTime() + waitMs;
  for (let attempt = 1; ; attempt++) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    try {
      await client.connect();
      return;
    } catch (err) {
      if (clock.now().getTime() + PAUSE_MS > deadline) throw new Unavailable('the database', err);
      if (attempt === 1) log.info({ err, wait_ms: waitMs }, 'the database is not available yet; waiting for it');
      await clock.sleep(PAUSE_MS);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
