import { type AppConsumer, type BoundedContext, buildNameOf, type Clock, deadlineRows, type Log } from '@daybook/core';
import { needsSchema, openEventStore } from '@daybook/event-store';
import { grantToServices, migrationsFolder } from '@daybook/event-store-postgres';
import { holdName } from '@daybook/postgres';
import { beginProcessManagers, createConsumers, createReadModels } from '@daybook/read-store-postgres';
import { runner } from 'node-pg-migrate';
import { waitForDatabase } from './wait-for-database.ts';

/** Milliseconds; a database container that starts with an empty volume takes its time. */
const DATABASE_WAIT_MS = 60_000;

/** What to bring up to date. */
export interface Migration {
  readonly eventStoreUrl: string;
  readonly readStoreUrl: string;
  /** The role that the services connect to the event store as; the owner of the schema when left out. */
  readonly serviceRole?: string | undefined;
  readonly contexts: readonly BoundedContext[];
  /** The app's own, whose tables are created as well. */
  readonly consumers?: readonly AppConsumer[];
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Brings the event store's schema, the tables of all read models, and those of the app's own consumers up to date. Nothing
 * happens where they are; two at once wait for each other.
 * @throws Unavailable when a database does not come up; Error when the SQL of a consumer fails, or there is no such role
 */
export async function migrate(migration: Migration): Promise<void> {
  const { eventStoreUrl, readStoreUrl, serviceRole: role, contexts, consumers = [], clock, log } = migration;
  if (needsSchema(eventStoreUrl)) {
    await migrateEventStore(eventStoreUrl, { clock, log });
    if (role !== undefined) await grantToServices({ url: eventStoreUrl, role, log });
  } else log.info({}, 'event store needs no schema');

  await waitForDatabase(readStoreUrl, DATABASE_WAIT_MS, { clock, log });
  const internal = contexts.flatMap(({ deadlines }) => deadlines.map((deadline) => deadlineRows(deadline, {})));
  await createReadModels({ url: readStoreUrl, contexts, internal, log });
  log.info(
    { read_models: contexts.flatMap(({ projections }) => projections.map(buildNameOf)) },
    'read models are up to date',
  );
  await createConsumers({ url: readStoreUrl, consumers, log });
  if (consumers.length > 0) log.info({ consumers: consumers.map(({ name }) => name) }, 'consumers are up to date');
  await beginManagers(migration);
}

/** Those that are new act on what happens from now on: where the log ends is asked only where there are some. */
async function beginManagers({ eventStoreUrl, readStoreUrl, contexts, log }: Migration): Promise<void> {
  if (contexts.every(({ statefulProcessManagers }) => statefulProcessManagers.length === 0)) return;
  const store = await openEventStore({ url: eventStoreUrl, log, applicationName: 'daybook migrate' });
  try {
    const headOf = async (context: string) => (await store.groupProgress('none', context)).head;
    await beginProcessManagers({ url: readStoreUrl, contexts, headOf, log });
  } finally {
    await store.close();
  }
}

async function migrateEventStore(url: string, { clock, log }: Pick<Migration, 'clock' | 'log'>): Promise<void> {
  await waitForDatabase(url, DATABASE_WAIT_MS, { clock, log });
  // The tool's own lock is a session's: behind a pooler it would stay with whoever gets the session next.
  const held = await holdName({ url, applicationName: 'daybook', log }, 'migrate', new AbortController().signal);
  try {
    const done = await runner({
      databaseUrl: url,
      dir: migrationsFolder,
      direction: 'up',
      migrationsTable: 'daybook_migrations',
      noLock: true,
      logger: quiet(log),
    });
    log.info({ migrations: done.map(({ name }) => name) }, 'event store is up to date');
  } finally {
    await held?.release();
  }
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
