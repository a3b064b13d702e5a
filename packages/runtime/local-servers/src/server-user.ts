import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Whom to run a server as; empty when the current user will do. */
export interface ServerUser {
  uid?: number;
  gid?: number;
}

function idOf(option: '-u' | '-g', name: string): number {
  return Number(execFileSync('id', [option, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}

/** Postgres refuses to run as root: then it runs as `postgres`, or as `nobody` where that does not exist. */
export function unprivilegedUser(): ServerUser {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) };
    } catch {
      // There is no such user.
    }
  }
  throw new Error('Postgres refuses to run as root, and there is no user `postgres` or `nobody` to run it as');
}

function canEnter(user: ServerUser, folder: string): boolean {
  if (user.uid === undefined) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** A name in the temporary folder, the same every time. @param wanted the folder that it stands for */
export function temporaryName(what: string, wanted: string): string {
  const hash = createHash('sha256').update(resolve(wanted)).digest('hex').slice(0, 16);
  return join(tmpdir(), `daybook-${what}-${hash}`);
}

/** Anyone may write to the temporary folder: use what is there only if root or the server's user made it. */
function assertTrusted(folder: string, user: ServerUser): void {
  const found = lstatSync(folder);
  if (!found.isDirectory() || (found.uid !== 0 && found.uid !== user.uid)) {
    throw new Error(`${folder} belongs to someone else; remove it`);
  }
}

/**
 * A folder for the server's data that the user can reach and owns: the wanted one, or, when it lies for instance below
 * /root, one in the temporary folder with a name made from the wanted one.
 */
export function folderFor(user: ServerUser, wanted: string): string {
  mkdirSync(wanted, { recursive: true });
  if (user.uid === undefined || user.gid === undefined) return wanted;
  const reachable = canEnter(user, resolve(wanted, '..'));
  const folder = reachable ? resolve(wanted) : temporaryName('postgres', wanted);
  if (!reachable) {
    mkdirSync(folder, { recursive: true });
    assertTrusted(folder, user);
  }
  chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  return folder;
}

/** The folder `bin`, or a copy of its installation that the user can reach. */
export function binariesFor(user: ServerUser, bin: string): string {
  if (canEnter(user, bin)) return bin;
  const copy = temporaryName('postgres-bin', bin);
  if (!existsSync(copy)) {
    const unfinished = `${copy}-${process.pid}`;
    cpSync(resolve(bin, '..'), unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  }
  assertTrusted(copy, user);
  return join(copy, 'bin');
}
