import type { PipelineBenchmark } from './benchmark.ts';
import { type Figure, median } from './figures.ts';

const SIZES = [10, 1000, 100_000];
const TIMES = 5;

/** How long it takes to have an aggregate in memory again after a restart. */
export const hydrate: PipelineBenchmark = {
  name: 'hydrate',
  what: 'an aggregate loaded after a restart: from its whole stream, and from a snapshot',
  of: 'pipeline',
  async run(system, { quick }) {
    const figures: Figure[] = [];
    for (const size of quick ? SIZES.slice(0, 2) : SIZES) {
      const { whole, snapshot } = await system.aggregateOf(size);
      figures.push({ name: `${size} events`, unit: 'ms', value: await medianOf(whole) });
      figures.push({ name: `${size} events, snapshot`, unit: 'ms', value: await medianOf(snapshot) });
    }
    return figures;
  },
};

/** @returns milliseconds */
async function medianOf(load: () => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let n = 0; n < TIMES; n++) {
    const began = performance.now();
    await load();
    all.push(performance.now() - began);
  }
  return median(all);
}
