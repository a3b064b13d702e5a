import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

export interface RabbitmqInstallation {
  /** RabbitMQ's own `rabbitmq-server` script, not a distribution's wrapper, which refuses other users and folders. */
  script: string;
  epmd: string;
  /** e.g. "3.10.8", or "" where the folder's name does not say. */
  version: string;
}

const DEBIAN = '/usr/lib/rabbitmq/lib';

function pathFolders(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
}

function scriptFolders(): string[] {
  const debian = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((name) => join(DEBIAN, name, 'sbin')) : [];
  const onPath = pathFolders()
    .map((folder) => join(folder, 'rabbitmq-server'))
    .filter((file) => existsSync(file))
    .map((file) => dirname(realpathSync(file)));
  return [...debian, '/opt/homebrew/opt/rabbitmq/sbin', '/usr/local/opt/rabbitmq/sbin', ...onPath];
}

function findEpmd(): string | undefined {
  const folders = [...pathFolders(), '/usr/lib/erlang/bin', '/usr/local/lib/erlang/bin'];
  return folders.map((folder) => join(folder, 'epmd')).find((file) => existsSync(file));
}

/** The RabbitMQ server installed on this machine, or undefined. */
export function findRabbitmq(): RabbitmqInstallation | undefined {
  const epmd = findEpmd();
  // The real scripts lie beside `rabbitmq-env`; a wrapper does not.
  const folder = scriptFolders().find((each) => existsSync(join(each, 'rabbitmq-env')));
  if (!epmd || !folder) return undefined;
  const version = /rabbitmq(?:_server-|\/)(\d+\.\d+\.\d+)/.exec(realpathSync(folder))?.[1] ?? '';
  return { script: join(folder, 'rabbitmq-server'), epmd, version };
}
