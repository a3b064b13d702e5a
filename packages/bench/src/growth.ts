import { silent } from '@daybook/core';
import { connectEventStore } from '@daybook/event-store';
import type { SystemBenchmark } from './benchmark.ts';
import type { Daybook } from './daybook.ts';
import type { Figure } from './figures.ts';
import { fill } from './fill.ts';
import { newLoans } from './loans.ts';
import { until } from './until.ts';

const SIZES = [10_000, 100_000, 1_000_000];
const LONG = [10_000_000];
const COMMANDS = 10_000;

/** Whether it stays as fast as the log grows. */
export const growth: SystemBenchmark = {
  name: 'growth',
  what: 'the same work with ever more events in the log; the ratio is to the first',
  of: 'system',
  times: 1,
  async run(system, { quick, long }) {
    const store = connectEventStore({ url: system.postgresUrl, log: silent, deadlineMs: 60_000 });
    const figures: Figure[] = [];
    let events = 0;
    let first: Speeds | undefined;
    // Submitted loans would make the process managers work: here the log is to grow, and nothing else.
    await system.pauseFollowUps();
    for (const size of quick ? SIZES.slice(0, 1) : [...SIZES, ...(long ? LONG : [])]) {
      const before = await system.rows();
      const ids = await fill(store, size - events);
      await until('the read model has caught up', async () => (await system.rows()) >= before + ids.length, 3_600_000);
      const speeds = await measure(system, ids);
      events = size + COMMANDS;
      first ??= speeds;
      for (const [name, value] of Object.entries(speeds)) {
        const ratio = name.startsWith('query') ? value / (first[name] ?? 1) : (first[name] ?? 1) / value;
        figures.push({ name: `${size} events: ${name}`, unit: name.startsWith('query') ? 'ms' : 'commands/s', value });
        figures.push({ name: `${size} events: ${name}, slower by`, unit: '×', value: ratio });
      }
    }
    await store.close();
    return figures;
  },
};

type Speeds = Readonly<Record<string, number>>;

async function measure(system: Daybook, ids: readonly string[]): Promise<Speeds> {
  const publisher = await system.connectPublisher();
  const before = await system.rows();
  const began = performance.now();
  const { seconds } = await publisher.closed(newLoans(COMMANDS), 256);
  await until('the last row is there', async () => (await system.rows()) >= before + COMMANDS);
  const projected = COMMANDS / ((performance.now() - began) / 1000);
  await publisher.close();
  const asked = performance.now();
  for (const id of ids.slice(0, 500))
    await fetch(`${system.queryUrl}/loans/loan-applications/${id}`).then((answer) => answer.text());
  return { stored: COMMANDS / seconds, projected, 'query by id': (performance.now() - asked) / 500 };
}
