import { resolve } from 'node:path';
import { amqpAnswers } from './amqp-probe.ts';
import { type ContainerSpec, dockerName, removeDockerData, startContainer } from './docker.ts';
import { freePort } from './free-port.ts';
import { LOGIN, type LocalServer, type LocalServerOptions, postgresUrl, rabbitmqUrl } from './local-server.ts';
import { claimFolder, releaseFolder } from './ownership.ts';
import { postgresReady } from './postgres.ts';
import { until } from './until.ts';

export const POSTGRES_IMAGE = 'postgres:17';
export const RABBITMQ_IMAGE = 'rabbitmq:4';
const RABBITMQ_TIMEOUT_MS = 90_000;

type Container = Awaited<ReturnType<typeof startContainer>>;

interface DockerServer {
  kind: 'postgres' | 'rabbitmq';
  folder: string;
  spec: ContainerSpec;
  url: string;
  ready(giveUp: () => void): Promise<void>;
  onCrash: LocalServerOptions['onCrash'] | undefined;
}

async function startDockerServer({ kind, folder, spec, url, ready, onCrash }: DockerServer): Promise<LocalServer> {
  let container: Container | undefined;

  async function start(): Promise<void> {
    if (container) return;
    claimFolder(folder);
    const started = await startContainer(spec);
    container = started;
    await ready(started.assertRunning).catch(async (err) => {
      await end('SIGKILL');
      throw err;
    });
    void started.crashed.then((reason) => {
      if (container === started) container = undefined;
      onCrash?.(reason);
    });
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await container?.end(signal);
    container = undefined;
  }

  async function stop(): Promise<void> {
    await end('SIGTERM');
    releaseFolder(folder);
  }

  await start();
  return {
    url,
    description: `${spec.image}, container ${spec.name}`,
    inDocker: true,
    start,
    stop,
    kill: () => end('SIGKILL'),
    async remove() {
      await stop();
      await removeDockerData(kind, folder);
    },
  };
}

/** Starts Postgres in a container, with a volume of its own for each folder, and waits until it answers. */
export async function startDockerPostgres(options: LocalServerOptions): Promise<LocalServer> {
  const port = await freePort(options.port);
  const spec: ContainerSpec = {
    name: dockerName('postgres', options.folder),
    image: POSTGRES_IMAGE,
    mount: '/var/lib/postgresql/data',
    env: { POSTGRES_USER: LOGIN.user, POSTGRES_PASSWORD: LOGIN.password, POSTGRES_DB: LOGIN.database },
    port: { host: port, container: 5432 },
    hostname: 'daybook',
  };
  const ready = (giveUp: () => void) => postgresReady(port, giveUp);
  const { onCrash } = options;
  const folder = resolve(options.folder);
  return startDockerServer({ kind: 'postgres', folder, spec, url: postgresUrl(port), ready, onCrash });
}

/** Starts RabbitMQ in a container, with a volume of its own for each folder, and waits until it answers. */
export async function startDockerRabbitmq(options: LocalServerOptions): Promise<LocalServer> {
  const port = await freePort(options.port);
  const spec: ContainerSpec = {
    name: dockerName('rabbitmq', options.folder),
    image: RABBITMQ_IMAGE,
    mount: '/var/lib/rabbitmq',
    env: { RABBITMQ_DEFAULT_USER: LOGIN.user, RABBITMQ_DEFAULT_PASS: LOGIN.password },
    port: { host: port, container: 5672 },
    // The broker finds its data by the name of its node, daybook.
    hostname: 'daybook',
  };
  const ready = (giveUp: () => void) => until(() => amqpAnswers(port), RABBITMQ_TIMEOUT_MS, giveUp);
  const { onCrash } = options;
  const folder = resolve(options.folder);
  return startDockerServer({ kind: 'rabbitmq', folder, spec, url: rabbitmqUrl(port), ready, onCrash });
}

/** Removes the containers and volumes that belong to a folder. */
export async function removeDockerServers(folders: { postgres: string; rabbitmq: string }): Promise<void> {
  await removeDockerData('postgres', folders.postgres);
  await removeDockerData('rabbitmq', folders.rabbitmq);
}
