import { Command } from 'commander';
import type { CliEnvironment } from '../cli-environment.ts';
import { withServers } from '../servers.ts';
import { actsOf } from './acts.ts';
import { addSelectionOptions, contextOption, positionArgument } from './arguments.ts';
import { listLines, summaryOf } from './format-list.ts';
import { actLines, wholeLines } from './format-whole.ts';
import { chosenContexts, findCommand, findEvent, parkedItems, type Selection } from './parked-items.ts';

/** `parked list`: one line each, and the count. */
export function listCommand(around: CliEnvironment): Command {
  return addSelectionOptions(new Command('list'))
    .description('one line for each, and the count')
    .option('--json', 'one JSON document for each')
    .action((options: Selection & { json?: boolean }) =>
      withServers(around, async (servers) => {
        const items = await parkedItems(servers, options);
        const lines = options.json ? items.map((item) => JSON.stringify(summaryOf(item))) : listLines(items);
        lines.forEach(around.print);
      }),
    );
}

/** `parked show command|event`: one, whole. */
export function showCommand(around: CliEnvironment): Command {
  const command = new Command('command')
    .argument('<message-id>')
    .addOption(contextOption())
    .action((id: string, { context }: Selection) =>
      withServers(around, async (servers) => {
        const copies = await findCommand(servers, id, context);
        copies.flatMap(wholeLines).forEach(around.print);
      }),
    );
  const event = new Command('event')
    .argument('<group>')
    .addArgument(positionArgument())
    .addOption(contextOption())
    .action((group: string, position: number, { context }: Selection) =>
      withServers(around, async (servers) => {
        wholeLines(await findEvent(servers, group, position, context)).forEach(around.print);
      }),
    );
  return new Command('show')
    .description('one, whole, with the error and the stack')
    .addCommand(command)
    .addCommand(event);
}

/** `parked acts`: what people did about what was parked. */
export function actsCommand(around: CliEnvironment): Command {
  return new Command('acts')
    .description('what was replayed and discarded, by whom, and why')
    .addOption(contextOption())
    .action(({ context }: Selection) =>
      withServers(around, async (servers) => {
        const store = await servers.store();
        const acts = await Promise.all(chosenContexts(servers, context).map(({ name }) => actsOf(store, name)));
        actLines(acts.flat()).forEach(around.print);
      }),
    );
}
