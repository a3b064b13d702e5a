import type { ListedInstance } from '@daybook/read-store-postgres';
import { Command } from 'commander';
import type { CliEnvironment } from './cli-environment.ts';
import { CommandFailed } from './command-failed.ts';
import { withServers } from './servers.ts';
import { printable, table } from './table.ts';

/** More are not for a person to read. */
const MOST = 1_000;

/** `daybook processes …`: where the instances of process managers with a state stand. */
export function processesCommand(around: CliEnvironment): Command {
  return new Command('processes')
    .description('process managers with a state: where each instance stands')
    .addCommand(listCommand(around));
}

interface ListOptions {
  readonly of?: string;
  readonly ended?: boolean;
  readonly json?: boolean;
}

function listCommand(around: CliEnvironment): Command {
  return new Command('list')
    .description(`those that have not ended, the one that has waited longest first; at most ${MOST}`)
    .option('--of <name>', 'only those of this process manager')
    .option('--ended', 'also those that have ended')
    .option('--json', 'one JSON document for each, with its state')
    .action(({ of, ended = false, json = false }: ListOptions) =>
      withServers(around, async ({ contexts, processes }) => {
        const names = contexts.flatMap(({ statefulProcessManagers }) =>
          statefulProcessManagers.map(({ name }) => name),
        );
        if (of !== undefined && !names.includes(of))
          throw new CommandFailed(`no process manager '${of}' has a state; there are ${names.join(', ') || 'none'}`);
        const found = await processes().listInstances({ processManager: of, ended, limit: MOST });
        const lines = json ? found.map((one) => JSON.stringify(one)) : instanceLines(found);
        lines.forEach(around.print);
      }),
    );
}

function instanceLines(instances: readonly ListedInstance[]): readonly string[] {
  if (instances.length === 0) return ['no process is under way'];
  return table(
    instances.map(({ processManager, version, id, isOver, startedAt, last }) => [
      `${processManager}.v${version}`,
      printable(id),
      `since ${startedAt}`,
      isOver ? 'ended with' : 'last told of',
      `${last.type} of ${last.recordedAt}`,
    ]),
  );
}
