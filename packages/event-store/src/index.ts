import type { EventStore, Log } from '@daybook/core';
import { connectEventStoreDb } from '@daybook/event-store-eventstoredb';
import { connectPostgresEventStore } from '@daybook/event-store-postgres';

/** Which event store, and how patient to be with it. */
export interface EventStoreOptions {
  /** `postgres://user:password@host:port/database`, or `esdb+tcp://user:password@host:port` */
  readonly url: string;
  readonly log: Log;
  /** The service's name, for the server's own lists of connections. */
  readonly applicationName?: string;
  /** Milliseconds until a call is given up with Unavailable. */
  readonly deadlineMs?: number;
}

/** The event store that the URL names. Connects when it is first used. */
export function connectEventStore(options: EventStoreOptions): EventStore {
  return options.url.startsWith('esdb+tcp:') ? connectEventStoreDb(options) : connectPostgresEventStore(options);
}
