import { canInstallFromDebian, installFromDebian } from './debian.ts';
import { dockerAnswers, dockerHasOrCanPull } from './docker.ts';
import { POSTGRES_IMAGE, RABBITMQ_IMAGE, startDockerPostgres, startDockerRabbitmq } from './docker-servers.ts';
import { findPgbouncer } from './find-pgbouncer.ts';
import { findRabbitmq } from './find-rabbitmq.ts';
import type { LocalServer, LocalServerOptions, Log } from './local-server.ts';
import { FolderInUse } from './ownership.ts';
import { startPostgres } from './postgres.ts';
import { startRabbitmq } from './rabbitmq.ts';

/** What to obtain. */
export interface ObtainOptions extends LocalServerOptions {
  /** Whether a container will do; true when left out. */
  readonly docker?: boolean;
}

type Start = (options: LocalServerOptions) => Promise<LocalServer>;

async function inDocker(image: string, start: Start, options: ObtainOptions): Promise<LocalServer | undefined> {
  if (options.docker === false) return undefined;
  if (!(await dockerAnswers()) || !(await dockerHasOrCanPull(image, options.log))) return undefined;
  try {
    return await start(options);
  } catch (err) {
    if (err instanceof FolderInUse) throw err;
    // For example an engine on another machine, whose ports are not published here.
    options.log?.(`${image} does not run in Docker here: ${err instanceof Error ? err.message : err}`);
    return undefined;
  }
}

/** Whether it is installed, by now. */
async function installed(find: () => unknown, packageName: string, log: Log): Promise<boolean> {
  if (find() !== undefined) return true;
  if (!canInstallFromDebian()) return false;
  try {
    await installFromDebian(packageName, log);
  } catch (err) {
    log(`${packageName} could not be installed: ${err instanceof Error ? err.message : err}`);
  }
  return find() !== undefined;
}

const installedRabbitmq = (log: Log) => installed(findRabbitmq, 'rabbitmq-server', log);

/** Sees to it that `obtainRabbitmq` will not have to install anything; false if there is no way to have a broker here. */
export async function prepareRabbitmq(log: Log): Promise<boolean> {
  if ((await dockerAnswers()) && (await dockerHasOrCanPull(RABBITMQ_IMAGE, log))) return true;
  return installedRabbitmq(log);
}

/** Installs the connection pooler that tests go through, where that is possible; false if there is none here. */
export function preparePgbouncer(log: Log): Promise<boolean> {
  return installed(findPgbouncer, 'pgbouncer', log);
}

/**
 * A RabbitMQ by the first way that works: a Docker container, the broker on this machine, or the same installed from
 * Debian's packages. Undefined if none works.
 */
export async function obtainRabbitmq(options: ObtainOptions): Promise<LocalServer | undefined> {
  const container = await inDocker(RABBITMQ_IMAGE, startDockerRabbitmq, options);
  if (container) return container;
  return (await installedRabbitmq(options.log ?? console.log)) ? startRabbitmq(options) : undefined;
}

/** As `obtainRabbitmq`, but throws if there is no way. */
export async function requireRabbitmq(options: LocalServerOptions): Promise<LocalServer> {
  const server = await obtainRabbitmq(options);
  if (!server) throw new Error('RabbitMQ is not available on this machine: install it, or start Docker');
  return server;
}

/** A Postgres by the first way that works: a Docker container, or a server on this machine or from npm. */
export async function obtainPostgres(options: ObtainOptions): Promise<LocalServer> {
  const container = await inDocker(POSTGRES_IMAGE, startDockerPostgres, options);
  return container ?? (await startPostgres(options));
}
