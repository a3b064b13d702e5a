import {
  type BoundedContext,
  type Builds,
  type EventStore,
  type ParkedCommands,
  type ReadStore,
  silent,
} from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { connectParkedCommands } from '@daybook/rabbitmq';
import {
  type Consumers,
  connectConsumers,
  connectPostgresReadStore,
  type PostgresReadStore,
} from '@daybook/read-store-postgres';
import { configFrom } from '@daybook/service';
import type { CliEnvironment } from './cli-environment.ts';
import { CliSettings } from './settings.ts';

/** A person waits for the answer. */
const DEADLINE_MS = 5_000;

/** What the commands work with, each connected when it is first asked for: who looks at events needs no broker. */
export interface Servers {
  /** Of the app. */
  readonly contexts: readonly BoundedContext[];
  store(): Promise<EventStore>;
  commands(): Promise<ParkedCommands>;
  rows(): ReadStore;
  builds(): Builds;
  processes(): Pick<Consumers, 'listInstances'>;
}

/**
 * Runs the work, and closes what it has connected to.
 * @throws InvalidConfiguration, InvalidApp, Unavailable, and what the work throws
 */
export async function withServers<Result>(
  { env, loadApp }: Pick<CliEnvironment, 'env' | 'loadApp'>,
  work: (servers: Servers) => Promise<Result>,
): Promise<Result> {
  const config = configFrom(CliSettings, env);
  const { contexts } = await loadApp();
  let store: Promise<EventStore> | undefined;
  let commands: Promise<ParkedCommands> | undefined;
  let rows: PostgresReadStore | undefined;
  let consumers: Consumers | undefined;
  const openRows = () => {
    rows ??= connectPostgresReadStore({
      url: config.READ_STORE_URL,
      listenUrl: config.READ_STORE_LISTEN_URL,
      log: silent,
      applicationName: 'daybook',
      deadlineMs: DEADLINE_MS,
    });
    return rows;
  };
  try {
    return await work({
      contexts,
      store() {
        store ??= openEventStore({
          url: config.EVENT_STORE_URL,
          listenUrl: config.EVENT_STORE_LISTEN_URL,
          log: silent,
          applicationName: 'daybook',
          deadlineMs: DEADLINE_MS,
        });
        return store;
      },
      commands() {
        const names = contexts.map(({ name }) => name);
        commands ??= connectParkedCommands({ url: config.RABBITMQ_URL, contexts: names, log: silent });
        return commands;
      },
      rows: openRows,
      builds: () => openRows().builds,
      processes() {
        consumers ??= connectConsumers({
          url: config.READ_STORE_URL,
          log: silent,
          applicationName: 'daybook',
          deadlineMs: DEADLINE_MS,
        });
        return consumers;
      },
    });
  } finally {
    for (const opened of [commands, store, rows, consumers])
      await Promise.resolve(opened)
        .then((one) => one?.close())
        .catch(() => {});
  }
}
