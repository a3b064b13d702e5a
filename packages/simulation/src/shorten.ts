import { type RunOptions, type RunResult, runSeed } from './run.ts';

/** Runs that may be spent on making one trace shorter. */
const MAX_TRIES = 150;

/** The shortest run found that breaks the same invariant, and how to have it again. */
export interface Shortest {
  readonly options: RunOptions;
  readonly result: RunResult;
}

/** Leaves out loans, then faults in ever smaller lots, and keeps what still breaks the same invariant. */
export async function shorten(options: RunOptions, failed: RunResult): Promise<Shortest> {
  let best: Shortest = { options, result: failed };
  let tries = 0;

  async function attempt(candidate: RunOptions): Promise<boolean> {
    if (tries++ >= MAX_TRIES) return false;
    const result = await runSeed(candidate);
    if (result.violation?.invariant !== failed.violation?.invariant) return false;
    best = { options: candidate, result };
    return true;
  }

  for (let loans = 1; loans < failed.loans; loans++) if (await attempt({ ...options, loans })) break;

  // From the end: what happened before a fault that is left out stays as it was.
  for (let lot = best.result.faults.length; lot >= 1; lot = Math.floor(lot / 2)) {
    for (let to = best.result.faults.length; to > 0; to -= lot) {
      const left = best.result.faults.filter((_, index) => index < to - lot || index >= to);
      await attempt({ ...best.options, faults: new Set(left) });
    }
  }
  return best;
}

/** The command that runs it again, with its trace. */
export function replayOf({ seed, faults, loans, without }: RunOptions): string {
  const more = [
    ...(without === undefined ? [] : [`--without "${without}"`]),
    ...(loans === undefined ? [] : [`--loans ${loans}`]),
    ...(faults === undefined ? [] : [`--faults ${[...faults].join(',') || 'none'}`]),
  ];
  return ['npm run simulate -- --seed', seed, '--runs 1 --trace', ...more].join(' ');
}
