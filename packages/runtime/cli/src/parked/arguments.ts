import { Argument, type Command, InvalidArgumentError, Option } from 'commander';

/** `--context loans` */
export function contextOption(): Option {
  return new Option('--context <name>', 'only of this bounded context');
}

/** `--by ada` */
export function byOption(user: string): Option {
  return new Option('--by <name>', 'who does it').default(user);
}

/** What `parked list` shows in the column WHICH of an event. */
export function positionArgument(): Argument {
  return new Argument('<position>', 'its place in the feed, as listed').argParser((text) => {
    const position = Number(text);
    if (Number.isSafeInteger(position) && position >= 0) return position;
    throw new InvalidArgumentError('A position is a whole number.');
  });
}

/** Which of what is parked: the options of `list`, `replay --all` and `discard --all`. */
export function addSelectionOptions(command: Command): Command {
  return command
    .addOption(contextOption())
    .option('--commands', 'only commands')
    .option('--events', 'only events')
    .option('--type <name>', 'only of this command or event type')
    .option('--code <code>', 'only commands that were parked with this code, as invalid_data')
    .option('--before <time>', 'only what was parked before this time, as 2026-01-31T12:00:00Z', timeFrom)
    .option('--after <time>', 'only what was parked at this time or later', timeFrom);
}

function timeFrom(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('A time is written as 2026-01-31 or 2026-01-31T12:00:00Z.');
  return time;
}
