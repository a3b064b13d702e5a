import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithThisProcess, findPgbouncer, freePort } from '@daybook/local-servers';
import { eventually } from './until.ts';

/** A PgBouncer of a test's own, in front of a Postgres. */
export interface TestPooler {
  /** As that of the Postgres, by way of the pooler. */
  readonly url: string;
  /** What it has logged. */
  log(): string;
  remove(): Promise<void>;
}

/** When a session of the server is somebody else's: after each transaction, or when its client leaves. */
export type PoolMode = 'transaction' | 'session';

/** Starts a PgBouncer with the settings that it has by itself; it lets everybody in, with the user and password of the URL. */
export async function startTestPgbouncer(postgresUrl: string, mode: PoolMode): Promise<TestPooler> {
  const binary = findPgbouncer();
  if (binary === undefined) throw new Error('there is no PgBouncer on this machine: install pgbouncer');
  const to = new URL(postgresUrl);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'daybook-test-pgbouncer-'));
  const config = join(folder, 'pgbouncer.ini');
  const logFile = join(folder, 'pgbouncer.log');
  // Read, and written to, by another user: it does not run as root.
  chmodSync(folder, 0o755);
  writeFileSync(logFile, '');
  chmodSync(logFile, 0o666);
  writeFileSync(
    config,
    `[databases]
* = host=${to.hostname} port=${to.port} user=${to.username} password=${to.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = ${mode === 'session' ? 150 : 20}
max_client_conn = 1000
logfile = ${logFile}
; A server that was killed is tried again at once.
server_login_retry = 0.2
`,
  );
  const asUser = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const child = spawn(binary, ['-q', ...asUser, config], { stdio: 'ignore', detached: true });
  const release = child.pid === undefined ? () => {} : endWithThisProcess(child.pid, 'SIGKILL');
  await eventually(`PgBouncer listens on ${port}`, () => {
    if (child.exitCode !== null) throw new Error(`PgBouncer has ended:\n${readFileSync(logFile, 'utf8')}`);
    return listens(port);
  });
  const url = new URL(postgresUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    log: () => readFileSync(logFile, 'utf8'),
    async remove() {
      await end(child);
      release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
