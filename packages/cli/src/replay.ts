import { Command } from 'commander';
import { actOn } from './act-on.ts';
import { onCommand, onEvent } from './act-on-one.ts';
import { byOption, contextOption } from './arguments.ts';
import { countOf, placeLines } from './format-list.ts';
import { parkedItems, type Selection } from './parked-items.ts';
import { withServers } from './servers.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage-error.ts';

interface ReplayOptions extends Selection {
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly by: string;
}

/** `parked replay command|event|--all`: one, or all, which is counted first and done only with `--yes`. */
export function replayCommand(around: Surroundings): Command {
  return new Command('replay')
    .description('have them handled again: one, or all')
    .option('--all', 'all that are parked')
    .option('--commands', 'with --all: only commands')
    .option('--events', 'with --all: only events')
    .option('--yes', 'with --all: do it, not only count')
    .addOption(contextOption())
    .addOption(byOption(around.user))
    .action((options: ReplayOptions) => replayAll(around, options))
    .addCommand(onCommand('replay', around))
    .addCommand(onEvent('replay', around));
}

async function replayAll({ env, print }: Surroundings, options: ReplayOptions): Promise<void> {
  if (!options.all) throw new UsageError("say which: 'command <message-id>', 'event <group> <position>', or --all");
  await withServers(env, async (servers) => {
    const items = await parkedItems(servers, options);
    placeLines(items).forEach(print);
    print(`${countOf(items)} to replay`);
    if (items.length === 0) return;
    if (!options.yes) return print('nothing was done: with --yes they are replayed');
    const done = await actOn(servers, items, { verb: 'replay', by: options.by });
    print(`replayed ${done} of ${items.length}`);
  });
}
