import { Command } from 'commander';
import { onCommand, onEvent } from './act-on-one.ts';
import { actsCommand, listCommand, showCommand } from './look.ts';
import { replayCommand } from './replay.ts';
import type { Surroundings } from './surroundings.ts';

/** `daybook parked …`: what was set aside, seen, replayed, discarded. */
export function parkedCommand(around: Surroundings): Command {
  return new Command('parked')
    .description('commands and events that could not be handled')
    .addCommand(listCommand(around))
    .addCommand(showCommand(around))
    .addCommand(replayCommand(around))
    .addCommand(discardCommand(around))
    .addCommand(actsCommand(around));
}

/** One at a time, and not without a reason: it can't be taken back. */
function discardCommand(around: Surroundings): Command {
  return new Command('discard')
    .description('give one up, for a reason')
    .addCommand(onCommand('discard', around).requiredOption('--reason <text>', 'why'))
    .addCommand(onEvent('discard', around).requiredOption('--reason <text>', 'why'));
}
