import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '@daybook/core';
import pg from 'pg';
import type { ListenOptions } from './listen-options.ts';
import { provenPath } from './proven-path.ts';

/** Running LISTEN connection. */
export interface Notifications {
  close(): Promise<void>;
}

/**
 * Listens on a channel, on a connection of its own that is opened again whenever it is lost.
 * A notification is a hint and may be missed: whoever relies on it polls as well. Where none arrives at all, as behind a
 * pooler in transaction mode, that is noticed, said, and made up for by calling back several times a second.
 * @param onNotify called with the payload; with undefined after each (re)connect, and whenever some may have been missed
 */
export function listen(options: ListenOptions, onNotify: (payload: string | undefined) => void): Notifications {
  const { url, listenUrl = url, channel, applicationName, log } = options;
  const closing = new AbortController();
  const path = provenPath(options, () => onNotify(undefined));
  let client: pg.Client | undefined;
  const running = run();

  async function run(): Promise<void> {
    for (let attempt = 1; !closing.signal.aborted; attempt++) {
      client = new pg.Client({
        connectionString: listenUrl,
        application_name: applicationName,
        connectionTimeoutMillis: 5000,
        keepAlive: true,
      });
      const ended = new Promise<void>((resolve) => client?.once('end', () => resolve()));
      client.on('error', (err) => log.warn({ err }, 'the connection for notifications was lost'));
      client.on('notification', (said) => {
        if (said.channel === channel) onNotify(said.payload);
        else if (said.channel === path.channel) path.arrived();
      });
      try {
        await client.connect();
        await client.query(`listen ${pg.escapeIdentifier(channel)}`);
        await client.query(`listen ${pg.escapeIdentifier(path.channel)}`);
        attempt = 1;
        onNotify(undefined);
        if (closing.signal.aborted) break;
        path.prove();
        await ended;
      } catch (err) {
        log.debug({ err }, 'could not open the connection for notifications');
      }
      path.rest();
      await client.end().catch(() => {});
      await sleep(backoffMs(attempt, 50, 2000), undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  return {
    async close() {
      closing.abort();
      path.rest();
      await client?.end().catch(() => {});
      await running;
    },
  };
}
