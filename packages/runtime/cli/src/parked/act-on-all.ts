import { Command } from 'commander';
import type { CliEnvironment } from '../cli-environment.ts';
import { CommandFailed } from '../command-failed.ts';
import { withServers } from '../servers.ts';
import { UsageError } from '../usage-error.ts';
import { actOn } from './act-on.ts';
import { onCommand, onEvent, type Verb } from './act-on-one.ts';
import { addSelectionOptions, byOption } from './arguments.ts';
import { countOf, placeLines, placeOf } from './format-list.ts';
import { type ParkedItem, parkedItems, type Selection } from './parked-items.ts';

interface AllOptions extends Selection {
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly by: string;
  readonly reason?: string;
}

const DONE = { replay: 'replayed', discard: 'discarded' } as const;

/** `parked replay command|event|--all`: one, or all that the options choose, which are counted first and done with `--yes`. */
export function replayCommand(around: CliEnvironment): Command {
  return actCommand('replay', around).description('have them handled again: one, or many');
}

/** `parked discard command|event|--all`: the same. Not without a reason: it can't be taken back. */
export function discardCommand(around: CliEnvironment): Command {
  return actCommand('discard', around).description('give them up, for a reason: one, or many');
}

function actCommand(verb: Verb, around: CliEnvironment): Command {
  const [one, event] = [onCommand(verb, around), onEvent(verb, around)];
  if (verb === 'discard') for (const command of [one, event]) command.requiredOption('--reason <text>', 'why');
  const command = addSelectionOptions(new Command(verb))
    // What follows `command` or `event` is theirs, though the options have the same names.
    .enablePositionalOptions()
    .option('--all', 'all that are parked, or those that the options choose')
    .option('--yes', 'with --all: do it, not only count')
    .addOption(byOption(around.user))
    .action((options: AllOptions) => actOnAll(verb, around, options))
    .addCommand(one)
    .addCommand(event);
  return verb === 'discard' ? command.option('--reason <text>', 'with --all: why') : command;
}

async function actOnAll(verb: Verb, around: CliEnvironment, options: AllOptions): Promise<void> {
  const { by, reason } = options;
  if (!options.all) throw new UsageError("say which: 'command <message-id>', 'event <group> <position>', or --all");
  if (verb === 'discard' && options.yes && reason === undefined) throw new UsageError('say why, with --reason');
  await withServers(around, async (servers) => {
    const items = await parkedItems(servers, options);
    placeLines(items).forEach(around.print);
    around.print(`${countOf(items)} to ${verb}`);
    if (items.length === 0) return;
    if (!options.yes) return around.print(`nothing was done: with --yes they are ${DONE[verb]}`);
    const { done, failed } = await actOn(servers, items, { verb, by, reason }, (count) =>
      around.showProgress(`${DONE[verb]} ${count} of ${items.length}`),
    );
    around.print(`${DONE[verb]} ${done} of ${items.length}`);
    if (failed.length === 0) return;
    for (const { item, why } of failed) around.print(`${nameOf(item)} stays parked: ${why}`);
    throw new CommandFailed(`${countOf(failed.map(({ item }) => item))} could not be ${DONE[verb]}`);
  });
}

function nameOf(item: ParkedItem): string {
  return `${placeOf(item)} ${item.kind === 'command' ? item.command.id : item.event.event.position}`;
}
