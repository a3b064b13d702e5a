import type { SystemBenchmark } from './benchmark.ts';
import type { Daybook } from './daybook.ts';
import type { Figure } from './figures.ts';
import { newLoans } from './loans.ts';

const IN_FLIGHT = 256;
const MINUTE_MS = 60_000;

/** Resident memory of every service. */
export const memory: SystemBenchmark = {
  name: 'memory',
  what: 'resident memory of each service: at rest, the most under load, and how much of it came in the second half',
  of: 'system',
  times: 1,
  async run(system, { quick }) {
    const rest = system.memory();
    const [first, second] = [
      await mostUnderLoad(system, quick ? 0.1 : 1),
      await mostUnderLoad(system, quick ? 0.1 : 1),
    ];
    const figures = (what: string, of: (name: string) => number): Figure[] =>
      Object.keys(rest).map((name) => ({ name: `${name} ${what}`, unit: 'MB', value: of(name) }));
    return [
      ...figures('at rest', (name) => rest[name] ?? 0),
      ...figures('under load', (name) => Math.max(first[name] ?? 0, second[name] ?? 0)),
      ...figures('growth', (name) => (second[name] ?? 0) - (first[name] ?? 0)),
    ];
  },
};

async function mostUnderLoad(system: Daybook, minutes: number): Promise<Record<string, number>> {
  const most: Record<string, number> = {};
  const publisher = await system.connectPublisher();
  const until = performance.now() + minutes * MINUTE_MS;
  while (performance.now() < until) {
    await publisher.closed(newLoans(2000), IN_FLIGHT);
    for (const [name, megabytes] of Object.entries(system.memory())) most[name] = Math.max(most[name] ?? 0, megabytes);
  }
  await publisher.close();
  return most;
}
