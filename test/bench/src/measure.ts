import { startBaseline } from './baseline/start-baseline.ts';
import type { Benchmark, Scale } from './benchmark.ts';
import { startDaybook } from './daybook.ts';
import { type Figure, type Measured, summarize } from './figures.ts';
import { machineOf } from './machine.ts';

const TIMES = 3;

/** What came of a benchmark. */
export interface Outcome {
  readonly machine: readonly string[];
  readonly daybook: readonly Measured[];
  /** Of the bare pipeline; none where it has nothing to compare. */
  readonly baseline: readonly Measured[];
}

/** Runs a benchmark, as often as it is to be, on servers of its own. */
export async function measure(benchmark: Benchmark, scale: Scale, say: (line: string) => void): Promise<Outcome> {
  const { name, times = TIMES, withoutFollowUps = false } = benchmark;
  const [daybook, baseline] = await Promise.all([
    startDaybook({ withoutFollowUps }),
    benchmark.of === 'pipeline' ? startBaseline() : undefined,
  ]);
  try {
    const machine = await machineOf(daybook);
    const runs: Record<'daybook' | 'baseline', Figure[][]> = { daybook: [], baseline: [] };
    const wanted = scale.quick ? 1 : times;
    // In turn, so that what else the machine does meanwhile falls on both.
    for (let time = 1; time <= wanted; time++) {
      if (benchmark.of === 'system') runs.daybook.push(await benchmark.run(daybook, scale));
      else if (baseline !== undefined) {
        runs.baseline.push(await benchmark.run(baseline, scale));
        runs.daybook.push(await benchmark.run(daybook, scale));
      }
      say(`  ${time} of ${wanted}`);
    }
    return { machine, daybook: summarize(name, runs.daybook), baseline: summarize(name, runs.baseline) };
  } finally {
    await Promise.all([daybook.stop(), baseline?.stop()]);
  }
}
