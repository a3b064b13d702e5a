import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The connection pooler PgBouncer installed on this machine, or undefined. */
export function findPgbouncer(): string | undefined {
  const fromPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...fromPath, '/usr/sbin'].map((folder) => join(folder, 'pgbouncer')).find((file) => existsSync(file));
}
