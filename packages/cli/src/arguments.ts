import { Argument, InvalidArgumentError, Option } from 'commander';

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
