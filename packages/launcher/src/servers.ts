import { join } from 'node:path';
import {
  type LocalServer,
  type Log,
  obtainPostgres,
  obtainRabbitmq,
  removeDockerServers,
  removePostgres,
  removeRabbitmq,
} from '@daybook/local-servers';
import type { Teardown } from './teardown.ts';

export interface ServerFolders {
  postgres: string;
  rabbitmq: string;
}

/** Where the private servers keep their data below the launcher's folder. */
export function serverFolders(folder: string): ServerFolders {
  return { postgres: join(folder, 'postgres'), rabbitmq: join(folder, 'rabbitmq') };
}

/** Removes the data of private servers and containers of earlier runs. */
export async function removeData(folders: ServerFolders, log: Log): Promise<void> {
  log('removing the data of earlier runs');
  await removePostgres(folders.postgres);
  await removeRabbitmq(folders.rabbitmq);
  await removeDockerServers(folders);
}

export interface Databases {
  eventStoreUrl: string;
  readStoreUrl: string;
}

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}

/** The databases of the environment; for those it does not name, a Postgres of our own, which serves both. */
export async function openDatabases(folder: string, log: Log, teardown: Teardown): Promise<Databases> {
  const eventStoreUrl = process.env.EVENT_STORE_URL;
  const readStoreUrl = process.env.READ_STORE_URL ?? (eventStoreUrl && isPostgres(eventStoreUrl) && eventStoreUrl);
  if (eventStoreUrl && readStoreUrl) {
    log('Postgres: as the environment says (EVENT_STORE_URL, READ_STORE_URL)');
    return { eventStoreUrl, readStoreUrl };
  }
  const server = await opened(obtainPostgres({ folder, log }), log, teardown);
  return { eventStoreUrl: eventStoreUrl || server.url, readStoreUrl: readStoreUrl || server.url };
}

/** The URL of the environment's RabbitMQ, or else of our own; undefined if there is no way to have one here. */
export async function openRabbitmq(folder: string, log: Log, teardown: Teardown): Promise<string | undefined> {
  if (process.env.RABBITMQ_URL) {
    log('RabbitMQ: as the environment says (RABBITMQ_URL)');
    return process.env.RABBITMQ_URL;
  }
  const server = await opened(obtainRabbitmq({ folder, log }), log, teardown);
  return server?.url;
}

async function opened<T extends LocalServer | undefined>(starting: Promise<T>, log: Log, teardown: Teardown) {
  const server = await starting;
  if (server) {
    teardown.add(() => server.stop());
    log(`ready: ${server.description}`);
  }
  return server;
}
