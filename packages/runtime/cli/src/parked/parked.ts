import { Command } from 'commander';
import type { CliEnvironment } from '../cli-environment.ts';
import { discardCommand, replayCommand } from './act-on-all.ts';
import { actsCommand, listCommand, showCommand } from './look.ts';

/** `daybook parked …`: what was set aside, seen, replayed, discarded. */
export function parkedCommand(around: CliEnvironment): Command {
  return new Command('parked')
    .description('commands and events that could not be handled')
    .addCommand(listCommand(around))
    .addCommand(showCommand(around))
    .addCommand(replayCommand(around))
    .addCommand(discardCommand(around))
    .addCommand(actsCommand(around));
}
