/** Something that was measured, once. */
export interface Figure {
  /** What: `256 in flight`. */
  readonly name: string;
  /** `commands/s`, `ms`, `MB`, … */
  readonly unit: string;
  readonly value: number;
}

/** The same measured several times. */
export interface Measured {
  readonly benchmark: string;
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The middle of some numbers; the mean of the two in the middle where their count is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The least number that at least so large a part of the numbers does not exceed. @param part from 0 to 1 */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** Figures of latencies, milliseconds; none of none. */
export function latencies(what: string, values: readonly number[]): Figure[] {
  if (values.length === 0) return [];
  return [0.5, 0.99, 0.999].map((part) => ({
    name: `${what} p${100 * part}`,
    unit: 'ms',
    value: percentile(values, part),
  }));
}

/** Puts the figures of several runs together, by name, in the order of the first run. */
export function summarize(benchmark: string, runs: readonly (readonly Figure[])[]): Measured[] {
  return (runs[0] ?? []).map(({ name, unit }) => {
    const values = runs.flatMap((run) => run.filter((figure) => figure.name === name).map(({ value }) => value));
    return { benchmark, name, unit, median: median(values), least: Math.min(...values), most: Math.max(...values) };
  });
}
