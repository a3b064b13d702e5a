import type { SystemBenchmark } from './benchmark.ts';
import type { Daybook } from './daybook.ts';
import type { Figure } from './figures.ts';
import { fill } from './fill.ts';
import { idsOf, newLoans } from './loans.ts';
import { there } from './there.ts';

const SIZES = [10_000, 100_000, 1_000_000];
const LONG = [10_000_000];
const COMMANDS = 10_000;
const QUERIES = 500;
/** Filling ten million events, and folding them in every read model. */
const PATIENCE_MS = 7_200_000;

/** Whether it stays as fast as the log grows. */
export const growth: SystemBenchmark = {
  name: 'growth',
  what: 'the same work with ever more events in the log; the ratio is to the first',
  of: 'system',
  times: 1,
  withoutFollowUps: true,
  async run(system, { quick, long }) {
    const figures: Figure[] = [];
    // Nothing is to be slow for being the first.
    await measure(system, []);
    let events = COMMANDS;
    let first: readonly Figure[] | undefined;
    for (const size of quick ? SIZES.slice(0, 2) : [...SIZES, ...(long ? LONG : [])]) {
      const ids = await fill(system.store, size - events);
      await system.caughtUp(PATIENCE_MS);
      // What the filling left to do must not be done while it is measured.
      await system.database.query('vacuum (analyze)');
      const measured = await measure(system, ids);
      events = size + COMMANDS;
      const label = `${size.toLocaleString('en')} events`;
      figures.push(...measured.map((figure) => ({ ...figure, name: `${label}: ${figure.name}` })));
      if (first !== undefined) figures.push(...ratiosTo(first, measured, label));
      first ??= measured;
    }
    return figures;
  },
};

/** How many times as long the same takes. */
function ratiosTo(first: readonly Figure[], measured: readonly Figure[], label: string): Figure[] {
  return measured.map(({ name, unit, value }, n) => {
    const before = first[n]?.value ?? Number.NaN;
    return { name: `${label}: ${name}, slower by`, unit: '×', value: unit === 'ms' ? value / before : before / value };
  });
}

/** @param ids of loans to ask for; where there are none, of those that it requests itself */
async function measure(system: Daybook, ids: readonly string[]): Promise<Figure[]> {
  const publisher = await system.connectPublisher();
  const requests = newLoans(COMMANDS);
  const began = performance.now();
  const { seconds } = await publisher.closed(requests, 256);
  await there(system, idsOf(requests));
  const projected = COMMANDS / ((performance.now() - began) / 1000);
  await publisher.close();
  const asked = performance.now();
  const some = [...ids, ...idsOf(requests)].slice(0, QUERIES);
  for (const id of some) {
    const answer = await fetch(`${system.queryUrl}/loans/loan-applications/${id}`);
    if (answer.status !== 200) throw new Error(`the loan ${id} is answered with ${answer.status}`);
    await answer.text();
  }
  return [
    { name: 'stored', unit: 'commands/s', value: COMMANDS / seconds },
    { name: 'projected', unit: 'commands/s', value: projected },
    { name: 'query by id', unit: 'ms', value: (performance.now() - asked) / some.length },
  ];
}
