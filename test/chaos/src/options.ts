import { commandLine } from '@daybook/launcher';
import { InvalidArgumentError, Option } from 'commander';
import type { Store } from './system.ts';

/** How long to harm what. */
export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly store: Store;
}

/** Reads the command line; one that makes no sense ends the process, with a line that says why. */
export function parseOptions(args: readonly string[]): ChaosOptions {
  return commandLine('npm run chaos --', 'Runs the system under load, harms it, and checks that nothing is wrong.')
    .option('--seconds <n>', 'how long', above(0), 60)
    .option('--seed <n>', 'of the load and of the harm; by chance when left out', wholeNumber, Date.now() % 1_000_000)
    .addOption(
      new Option('--store <name>', 'where events are').choices(['postgres', 'eventstoredb']).default('postgres'),
    )
    .parse(args, { from: 'user' })
    .opts<ChaosOptions>();
}

function above(least: number) {
  return (text: string) => {
    const number = Number(text);
    if (number > least) return number;
    throw new InvalidArgumentError(`It takes a number above ${least}.`);
  };
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number.');
}
