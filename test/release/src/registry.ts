import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithThisProcess, freePort } from '@daybook/local-servers';
import { lastOf } from './run.ts';

const START_TIMEOUT_MS = 30_000;

/** A registry of our own. */
export interface Registry {
  readonly url: string;
  /** Allows to publish. */
  readonly token: string;
  /** For npm: a file with the registry's address. */
  readonly npmrc: string;
  stop(): Promise<void>;
}

/**
 * Starts Verdaccio on a free port, with an empty storage below a folder. Daybook's own packages are known only to it;
 * all others it gets from the registry that npm is configured with here.
 * @throws Error with the end of its log when it does not start
 */
export async function startRegistry(folder: string): Promise<Registry> {
  mkdirSync(folder, { recursive: true });
  const configFile = join(folder, 'config.yaml');
  const logFile = join(folder, 'log');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  writeFileSync(configFile, configOf(execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()));
  const script = createRequire(import.meta.url).resolve('verdaccio/bin/verdaccio');
  const log = openSync(logFile, 'w');
  const args = [script, '--config', configFile, '--listen', `127.0.0.1:${port}`];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', log, log] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const forget = child.pid === undefined ? () => {} : endWithThisProcess(child.pid, 'SIGKILL');
  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
    forget();
  }
  const until = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(`${url}-/ping`))) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`Verdaccio does not start\n${lastOf(readFileSync(logFile, 'utf8'))}`);
    }
    await sleep(100);
  }
  const token = await newToken(url);
  const npmrc = join(folder, 'npmrc');
  const settings = { registry: url, [`//127.0.0.1:${port}/:_authToken`]: token, audit: false, fund: false };
  const lines = Object.entries({ ...settings, 'update-notifier': false }).map(([name, value]) => `${name}=${value}`);
  writeFileSync(npmrc, `${lines.join('\n')}\n`);
  return { url, token, npmrc, stop };
}

function configOf(uplink: string): string {
  const own = '{ access: $all, publish: $authenticated }';
  return `
storage: ./storage
auth: { htpasswd: { file: ./htpasswd, algorithm: sha1 } }
security: { api: { jwt: { sign: { expiresIn: 1d } } } }
uplinks: { npm: { url: '${uplink}', timeout: 60s } }
max_body_size: 50mb
packages:
  '@daybook/*': ${own}
  create-daybook: ${own}
  '**': { access: $all, proxy: npm }
log: { type: stdout, format: json, level: warn }
`;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}

/** Signs up; anybody may, at a registry of our own. */
async function newToken(url: string): Promise<string> {
  const response = await fetch(`${url}-/user/org.couchdb.user:daybook`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'daybook', password: 'development-only' }),
  });
  const { token } = (await response.json()) as { token?: string };
  if (token === undefined) throw new Error(`Verdaccio lets nobody sign up: ${response.status}`);
  return token;
}
