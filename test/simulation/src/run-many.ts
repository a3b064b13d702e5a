import type { Options } from './options.ts';
import { type RunOptions, runSeed } from './run.ts';
import { replayOf, shorten } from './shorten.ts';
import { hashOf } from './trace-hash.ts';

/** One in so many seeds is run twice, and must do the same. */
const TWICE_EVERY = 50;
/** A stuck run has a long trace: of more lines, the middle is left out unless the trace was asked for. */
const MAX_LINES = 300;

/** Runs one seed after the other. @returns how many kept every invariant, and how many did not */
export async function runMany(
  { runs, seed, seconds, trace, without, faults, loans }: Options,
  say: (line: string) => void,
  millisecondsSoFar: () => number,
): Promise<{ passed: number; failed: number }> {
  let passed = 0;
  let failed = 0;
  let steps = 0;
  for (let run = 0; run < runs; run++) {
    if (seconds !== undefined && millisecondsSoFar() > seconds * 1000) break;
    const options: RunOptions = { seed: seed + run, without, faults, loans };
    const result = await runSeed(options);
    steps += result.steps;
    if (trace) for (const line of result.trace) say(line);
    if (trace) say(`seed ${options.seed}: trace ${hashOf(result.trace)}, ${result.faults.length} faults`);
    const same = run % TWICE_EVERY !== 0 || hashOf((await runSeed(options)).trace) === hashOf(result.trace);
    if (!same) say(`seed ${options.seed}: the same seed gave two traces`);
    if (same && result.violation === undefined) {
      passed++;
      continue;
    }
    failed++;
    if (result.violation === undefined) continue;
    say(`seed ${options.seed}: ${result.violation.message}`);
    say(`  replay: ${replayOf(options)}`);
    if (trace) continue;
    const shortest = await shorten(options, result);
    say(`  shortest trace found, ${shortest.result.faults.length} faults: ${shortest.result.violation?.message}`);
    for (const line of middleLeftOut(shortest.result.trace)) say(`    ${line}`);
    say(`  replay it: ${replayOf(shortest.options)}`);
  }
  const perSecond = Math.round(((passed + failed) * 1000) / Math.max(1, millisecondsSoFar()));
  say(`${passed + failed} schedules from seed ${seed}, ${steps} steps, ${perSecond} schedules a second`);
  return { passed, failed };
}

function middleLeftOut(lines: readonly string[]): readonly string[] {
  if (lines.length <= MAX_LINES) return lines;
  const half = MAX_LINES / 2;
  return [...lines.slice(0, half), `… ${lines.length - MAX_LINES} lines …`, ...lines.slice(-half)];
}
