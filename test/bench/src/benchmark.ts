import type { Daybook } from './daybook.ts';
import type { Figure } from './figures.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** How much to do. */
export interface Scale {
  /** A smaller run, to see that all works; its figures say little. */
  readonly quick: boolean;
  /** Also what takes an hour. */
  readonly long: boolean;
}

interface Named {
  readonly name: string;
  /** For people, in a line. */
  readonly what: string;
  /** How often it is measured; three times when left out. */
  readonly times?: number;
  /** Leaves out process managers and event handlers, which would work beside what is measured. */
  readonly withoutFollowUps?: boolean;
}

/** Measured on the system and on the bare pipeline alike, so that one can be given as a part of the other. */
export interface PipelineBenchmark extends Named {
  readonly of: 'pipeline';
  run(system: SystemUnderTest, scale: Scale): Promise<Figure[]>;
}

/** Measured on the system alone. */
export interface SystemBenchmark extends Named {
  readonly of: 'system';
  run(system: Daybook, scale: Scale): Promise<Figure[]>;
}

export type Benchmark = PipelineBenchmark | SystemBenchmark;
