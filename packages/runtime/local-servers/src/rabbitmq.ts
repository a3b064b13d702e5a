import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { amqpAnswers } from './amqp-probe.ts';
import { findRabbitmq } from './find-rabbitmq.ts';
import { type LocalServer, type LocalServerOptions, rabbitmqUrl } from './local-server.ts';
import { claimFolder, releaseFolder } from './ownership.ts';
import { choosePorts, configure, endStaleRabbitmq, remember } from './rabbitmq-folder.ts';
import { type ServerProcess, spawnServer } from './server-process.ts';
import { until } from './until.ts';

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 30_000;

/**
 * Starts a private RabbitMQ on a folder and waits until it answers. It has a name server (epmd) of its own, so that
 * nothing runs on after `stop`. Throws `FolderInUse` while another process uses the folder, and an error with the end
 * of the broker's log if it does not start or is not installed.
 */
export async function startRabbitmq(options: LocalServerOptions): Promise<LocalServer> {
  const installation = findRabbitmq();
  if (!installation) throw new Error('RabbitMQ is not installed on this machine');
  const { script, epmd, version } = installation;
  const folder = resolve(options.folder);
  claimFolder(folder);
  await endStaleRabbitmq(folder);
  const ports = await choosePorts(folder, options.port);
  const env = configure(folder, ports);
  const common = { env, cwd: folder, logFile: join(folder, 'log', 'output.log'), lastResort: 'SIGKILL' as const };
  let nameServer: ServerProcess | undefined;
  let broker: ServerProcess | undefined;

  async function start(): Promise<void> {
    if (broker) return;
    claimFolder(folder);
    nameServer = spawnServer({ ...common, name: 'epmd', command: epmd, args: ['-port', String(ports.epmd)] });
    const started = spawnServer({ ...common, name: 'RabbitMQ', command: script, args: ['-noinput'] });
    broker = started;
    remember(folder, ports, [nameServer.pid, started.pid]);
    await until(() => amqpAnswers(ports.amqp), START_TIMEOUT_MS, started.assertRunning).catch(async (err) => {
      await kill();
      throw err;
    });
    void started.crashed.then(async (reason) => {
      // Its name server is of no use to the next one, which has one of its own.
      if (broker === started) await kill();
      options.onCrash?.(reason);
    });
  }

  async function kill(): Promise<void> {
    await broker?.kill();
    await nameServer?.kill();
    broker = nameServer = undefined;
  }

  async function stop(): Promise<void> {
    await broker?.end('SIGTERM', STOP_TIMEOUT_MS);
    await nameServer?.end('SIGTERM', STOP_TIMEOUT_MS);
    broker = nameServer = undefined;
    releaseFolder(folder);
  }

  await start();
  return {
    url: rabbitmqUrl(ports.amqp),
    description: `RabbitMQ ${version}, private instance`.replace('  ', ' '),
    inDocker: false,
    start,
    stop,
    kill,
    async remove() {
      await stop();
      await removeRabbitmq(folder);
    },
  };
}

/** Removes a private RabbitMQ's data, ending a broker left behind. Throws `FolderInUse` while it is in use. */
export async function removeRabbitmq(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  claimFolder(folder);
  await endStaleRabbitmq(resolve(folder));
  await rm(folder, { recursive: true, force: true });
}
