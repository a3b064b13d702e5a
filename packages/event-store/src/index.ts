import type { EventStore, Log } from '@daybook/core';
import { checkServer, connectEventStoreDb } from '@daybook/event-store-eventstoredb';
import { connectPostgresEventStore } from '@daybook/event-store-postgres';

/** Which event store, and how patient to be with it. */
export interface EventStoreOptions {
  /** `postgres://user:password@host:port/database` or `esdb+tcp://user:password@host:port` */
  readonly url: string;
  readonly log: Log;
  /** The service's name, for the server's own lists of connections. */
  readonly applicationName?: string;
  /** Milliseconds until a call is given up with Unavailable. */
  readonly deadlineMs?: number;
}

/**
 * For a service's start: the event store that the URL names, unless it can never be talked to.
 * @throws Error when it is an EventStoreDB without the TCP protocol; one that is not there yet is waited for later
 */
export async function openEventStore(options: EventStoreOptions): Promise<EventStore> {
  if (!isPostgres(options.url)) await checkServer(options.url);
  return connectEventStore(options);
}

/** The event store that the URL names. Connects when it is first used. */
export function connectEventStore({ applicationName, ...options }: EventStoreOptions): EventStore {
  if (!isPostgres(options.url)) return connectEventStoreDb(options);
  return connectPostgresEventStore({ ...options, ...(applicationName === undefined ? {} : { applicationName }) });
}

/** Whether the event store keeps its events in tables that must be created first. */
export function needsSchema(url: string): boolean {
  return isPostgres(url);
}

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}
