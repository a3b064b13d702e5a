import type { Benchmark, Scale } from './benchmark.ts';
import { startDaybook } from './daybook.ts';
import { type Figure, type Measured, summarize } from './figures.ts';
import { startFloor } from './floor/start-floor.ts';
import { machineOf } from './machine.ts';

const TIMES = 3;

/** What came of a benchmark. */
export interface Outcome {
  readonly machine: readonly string[];
  readonly daybook: readonly Measured[];
  /** Of the bare pipeline; none where it has nothing to compare. */
  readonly floor: readonly Measured[];
}

/** Runs a benchmark, as often as it is to be, on servers of its own. */
export async function measure(benchmark: Benchmark, scale: Scale, say: (line: string) => void): Promise<Outcome> {
  const { name, times = TIMES, withoutFollowUps = false } = benchmark;
  const [daybook, floor] = await Promise.all([
    startDaybook({ withoutFollowUps }),
    benchmark.of === 'pipeline' ? startFloor() : undefined,
  ]);
  try {
    const machine = await machineOf(daybook);
    const runs: Record<'daybook' | 'floor', Figure[][]> = { daybook: [], floor: [] };
    const wanted = scale.quick ? 1 : times;
    // In turn, so that what else the machine does meanwhile falls on both.
    for (let time = 1; time <= wanted; time++) {
      if (benchmark.of === 'system') runs.daybook.push(await benchmark.run(daybook, scale));
      else if (floor !== undefined) {
        runs.floor.push(await benchmark.run(floor, scale));
        runs.daybook.push(await benchmark.run(daybook, scale));
      }
      say(`  ${time} of ${wanted}`);
    }
    return { machine, daybook: summarize(name, runs.daybook), floor: summarize(name, runs.floor) };
  } finally {
    await Promise.all([daybook.stop(), floor?.stop()]);
  }
}
