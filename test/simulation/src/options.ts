import { commandLine } from '@daybook/launcher';
import { InvalidArgumentError, Option } from 'commander';
import { GUARDS, type Guard } from './guards.ts';

/** What was asked for. */
export interface Options {
  readonly mode: 'run' | 'mutate' | 'crash-points';
  readonly runs: number;
  readonly seed: number;
  readonly seconds: number | undefined;
  readonly trace: boolean;
  readonly without: Guard | undefined;
  readonly faults: ReadonlySet<number> | undefined;
  readonly loans: number | undefined;
}

/** Reads the command line; one that makes no sense ends the process, with a line that says why. */
export function parseOptions(args: readonly string[]): Options {
  const { mutate, crashPoints, runs, ...options } = commandLine(
    'npm run simulate --',
    'Runs the algorithms under a seeded scheduler that crashes, delays and repeats; each schedule can be replayed.',
  )
    .option('--runs <n>', 'schedules to run (1000; with --mutate 20000 at most for each guard)', wholeNumber)
    .option('--seed <n>', 'of the first; the others count on from it', wholeNumber, 1)
    .option('--seconds <n>', 'stop after so long, whatever --runs says', wholeNumber)
    .option('--trace', 'print what happened, step by step', false)
    .addOption(new Option('--without <guard>', 'take one guard away').choices(GUARDS))
    .option('--faults <list>', "let only these faults happen, as 3,7, or 'none'", numbers)
    .option('--loans <n>', 'so many loans', wholeNumber)
    .option('--mutate', 'take each guard away in turn', false)
    .option('--crash-points', "crash one loan's life at every point, and at every pair of points", false)
    .parse(args, { from: 'user' })
    .opts<Partial<Options> & Pick<Options, 'seed' | 'trace'> & { mutate: boolean; crashPoints: boolean }>();
  const mode = mutate ? 'mutate' : crashPoints ? 'crash-points' : 'run';
  const { seconds, without, faults, loans } = options;
  return { ...options, seconds, without, faults, loans, mode, runs: runs ?? (mode === 'mutate' ? 20_000 : 1000) };
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number.');
}

function numbers(text: string): ReadonlySet<number> {
  return new Set(text === 'none' ? [] : text.split(',').map(wholeNumber));
}
