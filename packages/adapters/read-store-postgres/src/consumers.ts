import { type AppConsumer, type ConsumerHost, isSqlConsumer, type Log } from '@daybook/core';
import { connectDatabase, databaseErrorOf, holdName } from '@daybook/postgres';
import { bindConsumer, CREATE_CHECKPOINTS } from './consumer-checkpoints.ts';
import {
  bindProcessManager,
  CREATE_PROCESS_MANAGERS,
  type InstanceFilter,
  type ListedInstance,
  listInstances,
} from './process-instances.ts';

/** Milliseconds that a statement of a consumer may take: it may add up a lot. */
const DEADLINE_MS = 30_000;

/** What keeps consumers, and tells of the process managers among them. */
export interface Consumers extends ConsumerHost {
  /** @throws Unavailable */
  listInstances(filter: InstanceFilter): Promise<readonly ListedInstance[]>;
  close(): Promise<void>;
}

/** Where an app's consumers write and are kept apart: the database of the read models. Connects when it is first used. */
export function connectConsumers({
  url,
  log,
  applicationName = 'daybook consumer',
  deadlineMs = DEADLINE_MS,
}: {
  readonly url: string;
  readonly log: Log;
  readonly applicationName?: string;
  /** Milliseconds that a statement may take; 30,000 when left out. */
  readonly deadlineMs?: number;
}): Consumers {
  const database = connectDatabase({ url, applicationName, log, deadlineMs });
  return {
    hold: (name, signal) => holdName({ url, applicationName, log }, name, signal),
    bind: (consumer) => bindConsumer(database, consumer),
    bindProcessManager: (context, manager, publish) => bindProcessManager(database, context, manager, publish),
    listInstances: (filter) => listInstances(database, filter),
    close: () => database.close(),
  };
}

/**
 * Creates where checkpoints are kept, and runs what the consumers in SQL have in `create`. A one-shot, run before the
 * services start; two at once wait for each other.
 * @throws Unavailable; Error that names the consumer whose `create` fails: nothing is created then
 */
export async function createConsumers({
  url,
  consumers,
  log,
}: {
  readonly url: string;
  readonly consumers: readonly AppConsumer[];
  readonly log: Log;
}): Promise<void> {
  const database = connectDatabase({ url, applicationName: 'daybook migrate', log, deadlineMs: DEADLINE_MS });
  try {
    await database.transaction(async (query) => {
      await query({ text: `select pg_advisory_xact_lock(hashtext('daybook consumers'))` });
      for (const text of [...CREATE_CHECKPOINTS, ...CREATE_PROCESS_MANAGERS]) await query({ text });
      for (const { name, create } of consumers.filter(isSqlConsumer)) {
        try {
          await query({ text: create });
        } catch (error) {
          const said = databaseErrorOf(error);
          if (said === undefined) throw error;
          throw new Error(`'create' of the consumer '${name}' failed: ${said.message}`, { cause: said });
        }
      }
    });
  } finally {
    await database.close();
  }
}
