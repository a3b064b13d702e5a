import { Command } from 'commander';
import { actsOf } from './acts.ts';
import { contextOption, positionArgument } from './arguments.ts';
import { listLines, summaryOf } from './format-list.ts';
import { actLines, wholeLines } from './format-whole.ts';
import { chosenContexts, findCommand, findEvent, parkedItems, type Selection } from './parked-items.ts';
import { withServers } from './servers.ts';
import type { Surroundings } from './surroundings.ts';

/** `parked list`: one line each, and the count. */
export function listCommand({ env, print }: Surroundings): Command {
  return new Command('list')
    .description('one line for each, and the count')
    .addOption(contextOption())
    .option('--commands', 'only commands')
    .option('--events', 'only events')
    .option('--json', 'one JSON document for each')
    .action((options: Selection & { json?: boolean }) =>
      withServers(env, async (servers) => {
        const items = await parkedItems(servers, options);
        const lines = options.json ? items.map((item) => JSON.stringify(summaryOf(item))) : listLines(items);
        lines.forEach(print);
      }),
    );
}

/** `parked show command|event`: one, whole. */
export function showCommand({ env, print }: Surroundings): Command {
  const command = new Command('command')
    .argument('<message-id>')
    .addOption(contextOption())
    .action((id: string, { context }: Selection) =>
      withServers(env, async (servers) => {
        const copies = await findCommand(servers, id, context);
        copies.flatMap(wholeLines).forEach(print);
      }),
    );
  const event = new Command('event')
    .argument('<group>')
    .addArgument(positionArgument())
    .addOption(contextOption())
    .action((group: string, position: number, { context }: Selection) =>
      withServers(env, async (servers) => {
        wholeLines(await findEvent(servers, group, position, context)).forEach(print);
      }),
    );
  return new Command('show')
    .description('one, whole, with the error and the stack')
    .addCommand(command)
    .addCommand(event);
}

/** `parked acts`: what people did about what was parked. */
export function actsCommand({ env, print }: Surroundings): Command {
  return new Command('acts')
    .description('what was replayed and discarded, by whom, and why')
    .addOption(contextOption())
    .action(({ context }: Selection) =>
      withServers(env, async (servers) => {
        const store = await servers.store();
        const acts = await Promise.all(chosenContexts(context).map(({ name }) => actsOf(store, name)));
        actLines(acts.flat()).forEach(print);
      }),
    );
}
