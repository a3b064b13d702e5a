import { parseArgs } from 'node:util';
import { GUARDS, type Guard } from './guards.ts';

/** How to call it. */
export const USAGE = `usage: npm run simulate -- [options]
  --runs N           schedules to run (1000)
  --seed S           of the first; the others count on from it (1)
  --seconds T        stop after so long, whatever N says
  --trace            print what happened, step by step
  --without GUARD    take one guard away: ${GUARDS.join(', ')}
  --faults 3,7       let only these faults happen (none: not one)
  --loans N          so many loans
  --mutate           take each guard away in turn, --runs schedules at most each (20000)
  --crash-points     crash one loan's life at every point, and at every pair of points`;

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

/** @throws Error that says what is wrong with the arguments */
export function parseOptions(args: readonly string[]): Options {
  const text = { type: 'string' as const };
  const flag = { type: 'boolean' as const, default: false };
  const options = {
    runs: text,
    seed: text,
    seconds: text,
    without: text,
    faults: text,
    loans: text,
    trace: flag,
    mutate: flag,
  };
  const { values } = parseArgs({ args: [...args], options: { ...options, 'crash-points': flag } });
  const { without } = values;
  if (without !== undefined && !isGuard(without)) throw new Error(`'${without}' is no guard`);
  const mode = values.mutate ? 'mutate' : values['crash-points'] ? 'crash-points' : 'run';
  return {
    mode,
    runs: numberOf('runs', values.runs) ?? (mode === 'mutate' ? 20_000 : 1000),
    seed: numberOf('seed', values.seed) ?? 1,
    seconds: numberOf('seconds', values.seconds),
    trace: values.trace,
    without,
    faults: values.faults === undefined ? undefined : numbersOf(values.faults),
    loans: numberOf('loans', values.loans),
  };
}

function isGuard(text: string): text is Guard {
  return GUARDS.some((guard) => guard === text);
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new Error(`--${name} takes a whole number, not '${text}'`);
  return Number(text);
}

function numbersOf(text: string): ReadonlySet<number> {
  return new Set(text === 'none' ? [] : text.split(',').map((one) => numberOf('faults', one) as number));
}
