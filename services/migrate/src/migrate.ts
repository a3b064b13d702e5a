import { type BoundedContext, buildNameOf, type Clock, deadlineRows, type Log } from '@daybook/core';
import { needsSchema } from '@daybook/event-store';
import { createReadModels } from '@daybook/read-store-postgres';
import { runner } from 'node-pg-migrate';
import { waitForDatabase } from './wait-for-database.ts';

/** Milliseconds; a database container that starts with an empty volume takes its time. */
const DATABASE_WAIT_MS = 60_000;

/** What to bring up to date. */
export interface Migration {
  readonly eventStoreUrl: string;
  readonly readStoreUrl: string;
  /** Holds the event store's migrations. */
  readonly folder: string;
  readonly contexts: readonly BoundedContext[];
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Brings the event store's schema and the tables of all read models up to date. Nothing happens where they are;
 * two at once wait for each other. @throws Unavailable when a database does not come up
 */
export async function migrate({ eventStoreUrl, readStoreUrl, folder, contexts, clock, log }: Migration): Promise<void> {
  if (needsSchema(eventStoreUrl)) await migrateEventStore(eventStoreUrl, folder, { clock, log });
  else log.info({}, 'event store needs no schema');

  await waitForDatabase(readStoreUrl, DATABASE_WAIT_MS, { clock, log });
  const internal = contexts.flatMap(({ deadlines }) => deadlines.map((deadline) => deadlineRows(deadline, {})));
  await createReadModels({ url: readStoreUrl, contexts, internal, log });
  log.info(
    { read_models: contexts.flatMap(({ projections }) => projections.map(buildNameOf)) },
    'read models are up to date',
  );
}

async function migrateEventStore(
  url: string,
  folder: string,
  { clock, log }: Pick<Migration, 'clock' | 'log'>,
): Promise<void> {
  await waitForDatabase(url, DATABASE_WAIT_MS, { clock, log });
  const done = await runner({
    databaseUrl: url,
    dir: folder,
    direction: 'up',
    migrationsTable: 'daybook_migrations',
    advisoryLockMode: 'wait',
    logger: quiet(log),
  });
  log.info({ migrations: done.map(({ name }) => name) }, 'event store is up to date');
}

/** The tool prints every statement; that is for debugging. */
function quiet(log: Log) {
  const debug = (said: string) => log.debug({ said }, 'migration tool');
  return {
    debug,
    info: debug,
    warn: (said: string) => log.warn({ said }, 'migration tool'),
    error: (said: string) => log.error({ said }, 'migration tool'),
  };
}
