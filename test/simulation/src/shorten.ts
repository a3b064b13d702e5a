import { Random } from '@daybook/test-support';
import { type RunOptions, type RunResult, runSeed } from './run.ts';

/** Runs that may be spent on making one trace shorter: about a second. */
const MAX_TRIES = 400;
/** Random choices of fewer faults, once leaving out neighbours has come to an end. */
const LEAPS = 40;

/** The shortest run found that breaks the same invariant, and how to have it again. */
export interface Shortest {
  readonly options: RunOptions;
  readonly result: RunResult;
}

/**
 * Leaves out loans and faults, and keeps what still breaks the same invariant. A fault left out changes all that comes
 * after it, so that the least set is not found by leaving out alone: now and then it tries a random part of the set.
 */
export async function shorten(options: RunOptions, failed: RunResult): Promise<Shortest> {
  const random = new Random(options.seed);
  let best: Shortest = { options, result: failed };
  let tries = 0;

  async function attempt(change: Partial<RunOptions>): Promise<boolean> {
    if (tries++ >= MAX_TRIES) return false;
    const candidate = { ...best.options, ...change };
    const result = await runSeed(candidate);
    if (result.violation?.invariant !== failed.violation?.invariant) return false;
    const { faults, trace } = best.result;
    const worse = result.faults.length - faults.length || result.trace.length - trace.length;
    if (worse >= 0) return false;
    best = { options: candidate, result };
    return true;
  }

  /** From the end: what happened before a fault that is left out stays as it was. */
  async function leaveOutLots(): Promise<void> {
    for (let lot = best.result.faults.length; lot >= 1; lot = Math.floor(lot / 2)) {
      for (let to = best.result.faults.length; to > 0; to -= lot) {
        const left = best.result.faults.filter((_, index) => index < to - lot || index >= to);
        await attempt({ faults: new Set(left) });
      }
    }
  }

  async function leap(): Promise<boolean> {
    for (let n = 0; n < LEAPS && best.result.faults.length > 1; n++) {
      const keep = random.between(1, best.result.faults.length - 1);
      if (await attempt({ faults: new Set(random.shuffled(best.result.faults).slice(0, keep)) })) return true;
    }
    return false;
  }

  for (let loans = 1; loans < failed.loans; loans++) if (await attempt({ loans })) break;
  do await leaveOutLots();
  while (await leap());
  return best;
}

/** The command that runs it again, with its trace. */
export function replayOf({ seed, faults, loans, without }: RunOptions): string {
  const more = [
    ...(without === undefined ? [] : [`--without "${without}"`]),
    ...(loans === undefined ? [] : [`--loans ${loans}`]),
    ...(faults === undefined ? [] : [`--faults ${[...faults].sort((a, b) => a - b).join(',') || 'none'}`]),
  ];
  return ['npm run simulate -- --seed', seed, '--runs 1 --trace', ...more].join(' ');
}
