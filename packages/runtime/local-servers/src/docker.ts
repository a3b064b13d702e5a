import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { runWhenThisProcessEnds } from './last-resort.ts';
import type { Log } from './local-server.ts';

const run = promisify(execFile);
const PULL_TIMEOUT_MS = 170_000;

async function docker(args: string[], timeout = 60_000): Promise<string> {
  return (await run('docker', args, { timeout })).stdout.trim();
}

/** Whether a command of docker's ends well. */
function succeeds(args: string[], timeout?: number): Promise<boolean> {
  return docker(args, timeout).then(
    () => true,
    () => false,
  );
}

/** Whether a Docker engine answers; not only whether its command is installed. */
export async function dockerAnswers(): Promise<boolean> {
  return succeeds(['version', '--format', '{{.Server.Version}}'], 5_000);
}

/** Whether the image is there, now that it has been pulled if it was not. */
export async function dockerHasOrCanPull(image: string, log?: Log): Promise<boolean> {
  if (await succeeds(['image', 'inspect', image], 10_000)) return true;
  log?.(`pulling the Docker image ${image}`);
  return succeeds(['pull', '--quiet', image], PULL_TIMEOUT_MS);
}

/** A name for the container and the volume of a folder, the same every time. */
export function dockerName(kind: string, folder: string): string {
  return `daybook-${kind}-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 12)}`;
}

export interface ContainerSpec {
  name: string;
  image: string;
  /** Where the named volume with the data is mounted. */
  mount: string;
  env: Record<string, string>;
  /** Published on 127.0.0.1. */
  port: { host: number; container: number };
  hostname: string;
}

async function waitUntilRemoved(name: string): Promise<void> {
  while (await succeeds(['container', 'inspect', name])) await sleep(100);
}

/** Removes a container left behind, running or not. */
async function removeContainer(name: string): Promise<void> {
  await succeeds(['rm', '--force', name]);
  await waitUntilRemoved(name);
}

/** Removes the data of a folder's containers. */
export async function removeDockerData(kind: string, folder: string): Promise<void> {
  const name = dockerName(kind, folder);
  await removeContainer(name);
  await succeeds(['volume', 'rm', '--force', name]);
}

/** Starts a container, which removes itself when it ends; its data is on a volume of the same name. */
export async function startContainer(spec: ContainerSpec): Promise<{
  assertRunning(): void;
  /** Resolves, if ever, when it ended though nobody ended it. */
  readonly crashed: Promise<Error>;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}> {
  const { name, image, mount, env, port, hostname } = spec;
  await removeContainer(name);
  const options = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  options.push('--publish', `127.0.0.1:${port.host}:${port.container}`, '--volume', `${name}:${mount}`);
  await docker(['run', '--detach', '--rm', '--name', name, '--hostname', hostname, ...options, image]);
  const release = runWhenThisProcessEnds('docker', 'kill', name);
  let ended = false;
  let ending = false;
  const crashed = new Promise<Error>((resolve) => {
    void succeeds(['wait', name], 0).then(() => {
      ended = true;
      if (!ending) resolve(new Error(`the container ${name} of ${image} ended`));
    });
  });

  return {
    crashed,
    assertRunning() {
      if (ended) throw new Error(`the container ${name} of ${image} ended while it started`);
    },
    async end(signal) {
      ending = true;
      await succeeds(signal === 'SIGKILL' ? ['kill', name] : ['stop', '--time', '30', name]);
      await waitUntilRemoved(name);
      release();
    },
  };
}
