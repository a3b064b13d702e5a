import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithThisProcess, freePort } from '@daybook/local-servers';
import type { OutsideApp } from './app.ts';
import { lastOf } from './run.ts';

const SERVICES = [
  'command-service',
  'process-manager',
  'projector',
  'event-handler',
  'query-service',
  'command-gateway',
];
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** Processes of the app that serve its two APIs. */
export interface Running {
  readonly commandsUrl: string;
  readonly queriesUrl: string;
  stop(): Promise<void>;
}

/** Where servers are, as environment variables. */
export type Servers = Readonly<Record<string, string>>;

/** `daybook start <service>`, once for each service, as containers would. @throws Error with the end of a log */
export async function startServices(app: OutsideApp, servers: Servers): Promise<Running> {
  const ports = { commands: String(await freePort()), queries: String(await freePort()) };
  const started: Started[] = [];
  const stop = async () => void (await Promise.all(started.map((one) => one.stop())));
  try {
    for (const name of ['mail-catcher', ...SERVICES]) {
      const port = { 'command-gateway': ports.commands, 'query-service': ports.queries }[name];
      const env = { ...servers, PORT: port ?? String(await freePort()), HEALTH_PORT: String(await freePort()) };
      started.push(start(app, ['start', name], env));
    }
    await Promise.all(started.map((one) => one.ready()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { commandsUrl: `http://127.0.0.1:${ports.commands}`, queriesUrl: `http://127.0.0.1:${ports.queries}`, stop };
}

/** `npm start`: everything in one process, on a Postgres of its own. */
export async function startEmbedded(app: OutsideApp): Promise<Running> {
  const [commands, queries, health] = [await freePort(), await freePort(), await freePort()];
  const env = { PORT: String(commands), QUERY_PORT: String(queries), HEALTH_PORT: String(health) };
  const one = start(app, ['start', '--all'], env);
  await one.ready();
  return { commandsUrl: `http://127.0.0.1:${commands}`, queriesUrl: `http://127.0.0.1:${queries}`, stop: one.stop };
}

interface Started {
  ready(): Promise<void>;
  stop(): Promise<void>;
}

function start(app: OutsideApp, args: readonly string[], more: Servers): Started {
  const logFile = join(app.folder, '..', `${args.at(-1)}.log`);
  const log = openSync(logFile, 'w');
  const child = spawn(join(app.folder, 'node_modules', '.bin', 'daybook'), args, {
    cwd: app.folder,
    env: { ...app.env, ...more },
    stdio: ['ignore', log, log],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const forget = child.pid === undefined ? () => {} : endWithThisProcess(child.pid, 'SIGTERM');
  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
    forget();
  }
  return {
    async ready() {
      const until = Date.now() + READY_TIMEOUT_MS;
      while (!(await answers(`http://127.0.0.1:${more.HEALTH_PORT}/readyz`))) {
        if (child.exitCode !== null || Date.now() > until) {
          await stop();
          throw new Error(`daybook ${args.join(' ')} is not ready\n${lastOf(readFileSync(logFile, 'utf8'))}`);
        }
        await sleep(100);
      }
    },
    stop,
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}
