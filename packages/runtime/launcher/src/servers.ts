import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type LocalServer,
  type Log,
  type ObtainOptions,
  obtainPostgres,
  obtainRabbitmq,
  privatePostgresData,
  privateRabbitmqData,
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

/** How servers are opened. */
export interface Opening {
  readonly log: Log;
  readonly teardown: Teardown;
  /** Whether a container will do. */
  readonly docker: boolean;
}

export interface Databases {
  eventStoreUrl: string;
  readStoreUrl: string;
}

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}

/** The databases of the environment; for those it does not name, a Postgres of our own, which serves both. */
export async function openDatabases(folder: string, opening: Opening): Promise<Databases> {
  const { log } = opening;
  const eventStoreUrl = process.env.EVENT_STORE_URL;
  const readStoreUrl = process.env.READ_STORE_URL ?? (eventStoreUrl && isPostgres(eventStoreUrl) && eventStoreUrl);
  if (eventStoreUrl && readStoreUrl) {
    log('Postgres: as the environment says (EVENT_STORE_URL, READ_STORE_URL)');
    return { eventStoreUrl, readStoreUrl };
  }
  const server = await opened('PostgreSQL', opening, (options) => obtainPostgres({ folder, ...options }));
  tellOfOtherData(server, privatePostgresData(folder), log);
  return { eventStoreUrl: eventStoreUrl || server.url, readStoreUrl: readStoreUrl || server.url };
}

/** The URL of the environment's RabbitMQ, or else of our own; undefined if there is no way to have one here. */
export async function openRabbitmq(folder: string, opening: Opening): Promise<string | undefined> {
  const { log } = opening;
  if (process.env.RABBITMQ_URL) {
    log('RabbitMQ: as the environment says (RABBITMQ_URL)');
    return process.env.RABBITMQ_URL;
  }
  const server = await opened('RabbitMQ', opening, (options) => obtainRabbitmq({ folder, ...options }));
  if (server !== undefined) tellOfOtherData(server, privateRabbitmqData(folder), log);
  return server?.url;
}

/**
 * Opens a server and keeps it open: one that ends though nobody ended it is started again, and each is said.
 * @param name for people
 */
async function opened<Server extends LocalServer | undefined>(
  name: string,
  { log, teardown, docker }: Opening,
  obtain: (options: Pick<ObtainOptions, 'log' | 'docker' | 'onCrash'>) => Promise<Server>,
): Promise<Server> {
  let server: Server | undefined;
  const onCrash = (reason: Error) => {
    if (server !== undefined && !teardown.begun) void startAgain(name, server, reason, { log, teardown });
  };
  server = await obtain({ log, docker, onCrash });
  if (server) {
    const { stop } = server;
    teardown.add(stop);
    log(`ready: ${server.description}`);
  }
  return server;
}

/** As often as this, a second apart. */
const STARTS = 5;

async function startAgain(
  name: string,
  server: LocalServer,
  reason: Error,
  { log, teardown }: Pick<Opening, 'log' | 'teardown'>,
): Promise<void> {
  log(`${firstLine(reason)}: it is started again; the services wait for it`);
  for (let n = 1; n <= STARTS && !teardown.begun; n++) {
    try {
      await server.start();
      log(`ready again: ${server.description}`);
      return;
    } catch (error) {
      log(`${name} did not start (${n} of ${STARTS} times): ${error instanceof Error ? error.message : String(error)}`);
      await sleep(1000);
    }
  }
  if (!teardown.begun) log(`${name} is away: Ctrl-C, and start anew`);
}

function firstLine({ message }: Error): string {
  return (message.split('\n')[0] as string).replace(/:$/, '');
}

/** A container begins with data of its own. */
function tellOfOtherData({ inDocker, description }: LocalServer, folder: string | undefined, log: Log): void {
  if (inDocker && folder !== undefined)
    log(
      `${description} does not have what earlier runs without Docker left in ${folder}: -- --private goes on with that`,
    );
}
