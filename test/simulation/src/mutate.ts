import { GUARDS, type Guard } from './guards.ts';
import { type RunOptions, runSeed } from './run.ts';
import { replayOf, type Shortest, shorten } from './shorten.ts';

/** What became of a system without one of its guards. */
export interface Mutant {
  readonly guard: Guard;
  /** Runs until an invariant broke, or all that were allowed. */
  readonly runs: number;
  /** undefined: no run noticed. */
  readonly noticed: Shortest | undefined;
}

/** Takes the guard away, and runs seeds until an invariant breaks. */
export async function mutantWithout(guard: Guard, firstSeed: number, maxRuns: number): Promise<Mutant> {
  for (let run = 0; run < maxRuns; run++) {
    const options: RunOptions = { seed: firstSeed + run, without: guard };
    const result = await runSeed(options);
    if (result.violation) return { guard, runs: run + 1, noticed: await shorten(options, result) };
  }
  return { guard, runs: maxRuns, noticed: undefined };
}

/** Takes each guard away in turn. @returns how many were noticed, and how many were not */
export async function mutateAll(
  firstSeed: number,
  maxRuns: number,
  say: (line: string) => void,
): Promise<{ passed: number; failed: number }> {
  let failed = 0;
  for (const guard of GUARDS) {
    const { runs, noticed } = await mutantWithout(guard, firstSeed, maxRuns);
    if (noticed === undefined) {
      failed++;
      say(`${guard}: taken away, and ${runs} runs notice nothing: a missing test, or dead code`);
      continue;
    }
    const { options, result } = noticed;
    say(`${guard}: seed ${options.seed} fails after ${runs} runs: ${result.violation?.invariant}`);
    say(`  shortest: ${result.faults.length} faults, ${result.trace.length} lines; ${replayOf(options)}`);
  }
  return { passed: GUARDS.length - failed, failed };
}
