import type { SystemBenchmark } from './benchmark.ts';
import type { Daybook } from './daybook.ts';
import type { Figure } from './figures.ts';
import { newLoans } from './loans.ts';
import { memoryOf } from './process-figures.ts';

const EVENTS = 1_000_000;
const IN_FLIGHT = 256;
/** Commands between two looks. */
const CHUNK = 5000;

type Memory = Readonly<Record<string, number>>;

/** Resident memory of every service. What leaks shows after so many events, each of which went through all of them. */
export const memory: SystemBenchmark = {
  name: 'memory',
  what: `resident memory of each service: at rest, the most while ${EVENTS.toLocaleString('en')} loans are requested, and after that`,
  of: 'system',
  times: 1,
  async run(system, { quick }) {
    const rest = memoryNow(system);
    const load = await mostUnderLoad(system, quick ? EVENTS / 20 : EVENTS);
    await system.caughtUp();
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

async function mostUnderLoad(system: Daybook, events: number): Promise<Memory> {
  const most: Record<string, number> = {};
  const publisher = await system.connectPublisher();
  for (let done = 0; done < events; done += CHUNK) {
    await publisher.closed(newLoans(CHUNK), IN_FLIGHT);
    for (const [name, megabytes] of Object.entries(memoryNow(system))) {
      most[name] = Math.max(most[name] ?? 0, megabytes);
    }
  }
  await publisher.close();
  return most;
}
