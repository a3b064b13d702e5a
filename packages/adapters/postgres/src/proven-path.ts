import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { ListenOptions } from './listen-options.ts';

/** Milliseconds between two calls back as long as nothing has arrived. */
const POLL_MS = 200;
/** Milliseconds after which a notification that was sent counts as lost. */
const PATIENCE_MS = 5000;
/** Milliseconds between two tries, once one was lost. */
const AGAIN_MS = 30_000;

/** Whether what is notified arrives, found out by notifying oneself. */
export interface ProvenPath {
  /** Nobody else listens to it. */
  readonly channel: string;
  /** Listening has begun: finds out, and polls as long as nothing arrives. */
  prove(): void;
  /** Something came on the channel. */
  arrived(): void;
  /** Listening has ended. */
  rest(): void;
}

/**
 * The notification goes through another connection, by the way that everybody's go: a session that a pooler lends out tells
 * itself what nobody else would be told.
 */
export function provenPath(
  { url, listenUrl, channel: about, applicationName, log }: ListenOptions,
  onPoll: () => void,
): ProvenPath {
  const channel = `daybook_path_${randomUUID()}`;
  let polling: NodeJS.Timeout | undefined;
  let trying: NodeJS.Timeout | undefined;
  let sent = false;
  let lost = false;

  function rest(): void {
    clearInterval(polling);
    clearTimeout(trying);
  }

  function tryOnce(): void {
    void notify();
    trying = setTimeout(missed, lost ? AGAIN_MS : PATIENCE_MS);
  }

  function missed(): void {
    if (sent && !lost) {
      lost = true;
      log.warn({ channel: about, poll_ms: POLL_MS }, listenUrl === undefined ? LOST : LOST_BY_LISTEN_URL);
    }
    tryOnce();
  }

  async function notify(): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('select pg_notify($1, $2)', [channel, '']);
      sent = true;
    } catch (err) {
      log.debug({ err, channel: about }, 'could not try whether notifications arrive');
    } finally {
      await client.end().catch(() => {});
    }
  }

  return {
    channel,
    rest,
    prove() {
      sent = false;
      polling = setInterval(onPoll, POLL_MS);
      tryOnce();
    },
    arrived() {
      rest();
      if (lost) log.info({ channel: about }, 'notifications arrive again');
      lost = false;
    },
  };
}

const LOST =
  'no notification arrives here, as behind a connection pooler in transaction mode: the database is asked again and again ' +
  'instead. Give a URL that leads past the pooler: EVENT_STORE_LISTEN_URL, READ_STORE_LISTEN_URL';
const LOST_BY_LISTEN_URL =
  'no notification arrives by the URL for listening: the database is asked again and again instead. See that it leads to ' +
  'the same database, and past any pooler';
