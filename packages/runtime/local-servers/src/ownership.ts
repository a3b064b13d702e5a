import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTimeOf } from './processes.ts';

const FILE = 'owner.json';

/** Thrown when another running process uses the folder's server. */
export class FolderInUse extends Error {
  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(`${folder} is in use by process ${pid}`);
    this.name = 'FolderInUse';
  }
}

function readOwner(folder: string): { pid: number; startedAt: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, FILE), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Makes this process the owner of a server's folder, which is created if need be. A server found running in a folder
 * whose owner is dead was left behind and may be ended. Throws `FolderInUse` while another owner lives.
 */
export function claimFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const owner = readOwner(folder);
  if (owner && owner.pid !== process.pid && startTimeOf(owner.pid) === owner.startedAt) {
    throw new FolderInUse(folder, owner.pid);
  }
  writeFileSync(join(folder, FILE), JSON.stringify({ pid: process.pid, startedAt: startTimeOf(process.pid) }));
}

/** Gives the folder back to whoever comes next. */
export function releaseFolder(folder: string): void {
  if (readOwner(folder)?.pid === process.pid) rmSync(join(folder, FILE), { force: true });
}
