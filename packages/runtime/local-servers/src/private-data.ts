import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dataFolder } from './postgres-data.ts';
import { temporaryName } from './server-user.ts';

/** Where a private Postgres of a folder has its data, the folder's own or the one that stands for it; undefined when there is none. */
export function privatePostgresData(folder: string): string | undefined {
  return [resolve(folder), temporaryName('postgres', folder)].map(dataFolder).find((one) => existsSync(one));
}

/** Where a private RabbitMQ of a folder has its data; undefined when there is none. */
export function privateRabbitmqData(folder: string): string | undefined {
  return [join(resolve(folder), 'data')].find((one) => existsSync(one));
}
