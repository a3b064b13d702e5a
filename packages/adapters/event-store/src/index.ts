import type { EventStore, Log } from '@daybook/core';
import { connectPostgresEventStore } from '@daybook/event-store-postgres';
import { loadEventStoreDb } from './load-eventstoredb.ts';

/** Which event store, and how patient to be with it. */
export interface EventStoreOptions {
  /** `postgres://user:password@host:port/database` or `esdb+tcp://user:password@host:port` */
  readonly url: string;
  /** Where to listen for notifications of a Postgres; `url` when left out. */
  readonly listenUrl?: string | undefined;
  readonly log: Log;
  /** The service's name, for the server's own lists of connections. */
  readonly applicationName?: string;
  /** Milliseconds until a call is given up with Unavailable; 10,000 when left out. */
  readonly deadlineMs?: number;
}

/**
 * The event store that the URL names. It connects when it is first used, so a server that is not there yet is waited for
 * later.
 *
 * @example
 * ```ts
 * const store = await openEventStore({ url: 'postgres://daybook:secret@localhost:5432/daybook', log });
 * ```
 * @throws Error when the URL names an EventStoreDB and `@daybook/event-store-eventstoredb` is not installed, or when that
 *   server says that it does not speak the TCP protocol any more
 */
export async function openEventStore({
  applicationName,
  listenUrl,
  ...options
}: EventStoreOptions): Promise<EventStore> {
  if (isPostgres(options.url)) {
    return connectPostgresEventStore({
      ...options,
      listenUrl,
      ...(applicationName === undefined ? {} : { applicationName }),
    });
  }
  const { checkServer, connectEventStoreDb } = await loadEventStoreDb();
  await checkServer(options.url);
  return connectEventStoreDb(options);
}

/** Whether the event store keeps its events in tables that must be created first. */
export function needsSchema(url: string): boolean {
  return isPostgres(url);
}

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}
