import type { SystemBenchmark } from './benchmark.ts';
import type { Daybook } from './daybook.ts';
import type { Figure } from './figures.ts';
import { fill } from './fill.ts';
import { newLoans } from './loans.ts';
import { memoryOf } from './process-figures.ts';

const IN_FLIGHT = 256;
const LOAD_MS = 60_000;
const EVENTS = 1_000_000;
/** Filling, and folding it in every read model. */
const PATIENCE_MS = 1_800_000;

type Memory = Readonly<Record<string, number>>;

/** Resident memory of every service. */
export const memory: SystemBenchmark = {
  name: 'memory',
  what: `resident memory of each service: at rest, the most under load, and once ${EVENTS.toLocaleString('en')} events have gone by`,
  of: 'system',
  times: 1,
  async run(system, { quick }) {
    const events = quick ? EVENTS / 10 : EVENTS;
    const rest = memoryNow(system);
    const load = await mostUnderLoad(system, quick ? LOAD_MS / 10 : LOAD_MS);
    await fill(system.store, events, 'refused');
    await system.caughtUp(PATIENCE_MS);
    const after = memoryNow(system);
    const figures = (what: string, by: Memory): Figure[] =>
      Object.entries(by).map(([name, value]) => ({ name: `${name}, ${what}`, unit: 'MB', value }));
    return [
      ...figures('at rest', rest),
      ...figures('under load', load),
      ...figures(`after ${EVENTS.toLocaleString('en')} events`, after),
    ];
  },
};

function memoryNow({ services }: Daybook): Memory {
  return Object.fromEntries(services.map(({ name, pid }) => [name, pid === undefined ? Number.NaN : memoryOf(pid)]));
}

async function mostUnderLoad(system: Daybook, ms: number): Promise<Memory> {
  const most: Record<string, number> = {};
  const publisher = await system.connectPublisher();
  const until = performance.now() + ms;
  while (performance.now() < until) {
    await publisher.closed(newLoans(2000), IN_FLIGHT);
    for (const [name, megabytes] of Object.entries(memoryNow(system))) {
      most[name] = Math.max(most[name] ?? 0, megabytes);
    }
  }
  await publisher.close();
  return most;
}
