import { nearest } from '@daybook/app';
import { ownOf } from '@daybook/core';
import { Command } from 'commander';
import type { CliEnvironment } from './cli-environment.ts';
import { UsageError } from './usage-error.ts';

/** Each service by its name: importing its main module runs it. */
const SERVICES: Readonly<Record<string, () => Promise<unknown>>> = {
  'command-gateway': () => import('@daybook/command-gateway/main'),
  'command-service': () => import('@daybook/command-service/main'),
  'process-manager': () => import('@daybook/process-manager/main'),
  projector: () => import('@daybook/projector/main'),
  'event-handler': () => import('@daybook/event-handler/main'),
  'query-service': () => import('@daybook/query-service/main'),
  'mail-catcher': () => import('@daybook/mail-catcher/main'),
  embedded: () => import('@daybook/embedded/main'),
};

/** `daybook start projector`, `daybook start --all` */
export function startCommand(around: CliEnvironment): Command {
  return new Command('start')
    .description('run one service of the app in this process, or all of them for a try-out')
    .argument('[service]', `one of ${Object.keys(SERVICES).join(', ')}`)
    .option(
      '--all',
      'every service in one process, without RabbitMQ, on a Postgres of its own unless the environment names one',
    )
    .action(async (name: string | undefined, { all = false }: { all?: boolean }) => {
      if (all === (name !== undefined))
        throw new UsageError('name one service, or give --all: daybook start projector');
      if (all) return (await import('./dev/run-all.ts')).runAll(around, { watch: false });
      const start = ownOf(SERVICES, name ?? '');
      if (!Object.hasOwn(SERVICES, name ?? '') || start === undefined)
        throw new UsageError(`there is no service '${name}'${nearest(name ?? '', Object.keys(SERVICES))}`);
      await start();
    });
}

/** `daybook dev` */
export function devCommand(around: CliEnvironment): Command {
  return new Command('dev')
    .description('run every service in one process, and again whenever a file changes; the data stays in .daybook/')
    .action(async () => (await import('./dev/run-all.ts')).runAll(around, { watch: true }));
}

/** `daybook migrate` */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('create and upgrade the database schemas; nothing happens when they are up to date')
    .action(async () => void (await import('@daybook/migrate/main')));
}
