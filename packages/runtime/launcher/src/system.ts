import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@daybook/local-servers';
import { migrate } from './migrate.ts';
import type { LauncherOptions } from './options.ts';
import { type Databases, openDatabases, openRabbitmq, removeData, serverFolders } from './servers.ts';
import { appConfig, type Endpoints, planServices, serviceScript } from './services.ts';
import { type SupervisedService, supervise } from './supervisor.ts';
import type { Teardown } from './teardown.ts';

export interface RunningSystem extends Endpoints, Databases {
  /** Undefined in the embedded mode. */
  rabbitmqUrl: string | undefined;
  /** The mails that were caught; undefined where another mail server sends them. */
  mailsUrl: string | undefined;
  logFolder: string;
  services: SupervisedService[];
  /** Resolves, if ever, when a service ended too often. */
  givenUp: Promise<Error>;
}

const EMBEDDED_NOTICE = `
Embedded mode: all services run in one process, without RabbitMQ.
  Commands in flight live in memory only and are lost if the process ends; events are in Postgres as ever.
  There is no AMQP port. Not for production.
`;

function without(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Starts servers and services, and waits until all are ready. What was started is noted in `teardown`, also if it throws. */
export async function startSystem(options: LauncherOptions, log: Log, teardown: Teardown): Promise<RunningSystem> {
  const { root, folder } = options;
  const folders = serverFolders(folder);
  const logFolder = join(folder, 'logs');
  if (options.fresh) await removeData(folders, log);
  rmSync(logFolder, { recursive: true, force: true });
  const logLevel = process.env.LOG_LEVEL ?? 'info';
  const opening = { log, teardown, docker: !options.private };

  async function databasesReady(): Promise<Databases> {
    const databases = await openDatabases(folders.postgres, opening);
    const env = {
      DAYBOOK_CONFIG: appConfig(root),
      EVENT_STORE_URL: databases.eventStoreUrl,
      READ_STORE_URL: databases.readStoreUrl,
    };
    await migrate(serviceScript(root, 'migrate'), { ...env, LOG_LEVEL: logLevel }, join(logFolder, 'migrate.log'));
    log('database schemas are up to date');
    return databases;
  }
  const starting = [
    databasesReady(),
    options.embedded ? Promise.resolve(undefined) : openRabbitmq(folders.rabbitmq, opening),
  ] as const;
  // Neither may go on by itself when the other has failed: it would start after everything was stopped.
  await Promise.allSettled(starting);
  const [databases, rabbitmqUrl] = await Promise.all(starting);
  const embedded = rabbitmqUrl === undefined;
  if (embedded) log(EMBEDDED_NOTICE);

  const env = without({
    EVENT_STORE_URL: databases.eventStoreUrl,
    READ_STORE_URL: databases.readStoreUrl,
    RABBITMQ_URL: rabbitmqUrl,
    SMTP_URL: process.env.SMTP_URL,
    LOG_LEVEL: logLevel,
  });
  const plan = await planServices({ root, logFolder, env, embedded });
  const missing = plan.services.find((service) => !existsSync(service.script));
  if (missing) throw new Error(`${missing.script} does not exist: was the workspace built?`);
  const services = plan.services.map((spec) => supervise({ ...spec, tell: log }));
  teardown.add(async () => {
    log('stopping the services');
    // The gateway first: commands that it has taken still get their outcome.
    for (const service of services.toReversed()) await service.stop();
  });
  await Promise.all(services.map((service) => service.ready().then(() => log(`ready: ${service.name}`))));
  const givenUp = Promise.race(services.map((service) => service.givenUp));
  const { gatewayUrl, queryUrl, mailsUrl } = plan;
  return { ...databases, rabbitmqUrl, gatewayUrl, queryUrl, mailsUrl, logFolder, services, givenUp };
}
