import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs, type Log } from '@daybook/core';
import pg from 'pg';

/** Running LISTEN connection. */
export interface Notifications {
  close(): Promise<void>;
}

/**
 * Listens on a channel, on a connection of its own that is opened again whenever it is lost.
 * A notification is a hint and may be missed: whoever relies on it polls as well.
 * @param onNotify called with the payload; with undefined after each (re)connect, when some may have been missed
 */
export function listen(
  { url, channel, applicationName, log }: { url: string; channel: string; applicationName: string; log: Log },
  onNotify: (payload: string | undefined) => void,
): Notifications {
  const closing = new AbortController();
  let client: pg.Client | undefined;
  const running = run();

  async function run(): Promise<void> {
    for (let attempt = 1; !closing.signal.aborted; attempt++) {
      client = new pg.Client({
        connectionString: url,
        application_name: applicationName,
        connectionTimeoutMillis: 5000,
        keepAlive: true,
      });
      const ended = new Promise<void>((resolve) => client?.once('end', () => resolve()));
      client.on('error', (err) => log.warn({ err }, 'notification connection lost'));
      client.on('notification', ({ payload }) => onNotify(payload));
      try {
        await client.connect();
        await client.query(`listen ${pg.escapeIdentifier(channel)}`);
        attempt = 1;
        onNotify(undefined);
        if (closing.signal.aborted) break;
        await ended;
      } catch (err) {
        log.debug({ err }, 'notification connection not established');
      }
      await client.end().catch(() => {});
      await sleep(backoffMs(attempt, 50, 2000), undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  return {
    async close() {
      closing.abort();
      await client?.end().catch(() => {});
      await running;
    },
  };
}
