import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineBenchmark } from './benchmark.ts';
import { type Figure, latencies } from './figures.ts';
import { idsOf, newLoans, requestOf } from './loans.ts';
import type { Subject } from './subject.ts';

const PER_SECOND = 200;
const SECONDS = 30;
/** How often the table is looked at: what is seen was there up to this much earlier, milliseconds. */
const LOOK_MS = 2;

/** At a load that leaves the machine room. */
export const latency: PipelineBenchmark = {
  name: 'latency',
  what: `at ${PER_SECOND} commands/s: publish → reply, publish → row visible, and one call that waits for the row`,
  of: 'pipeline',
  async run(subject, { quick }) {
    const publisher = await subject.connectPublisher();
    await publisher.closed(newLoans(200), 16);
    const requests = newLoans(PER_SECOND * (quick ? SECONDS / 6 : SECONDS));
    const watch = watchRows(subject, idsOf(requests));
    const began = performance.now();
    const { latencies: replies } = await publisher.open(requests, PER_SECOND);
    await publisher.close();
    const seen = await watch.done;
    const visible = idsOf(requests).map(
      (id, n) => (seen.get(id) ?? Number.NaN) - (began + (1000 * (n + 1)) / PER_SECOND),
    );
    const figures = [...latencies('publish → reply', replies), ...latencies('publish → visible', visible)];
    return subject.strongCall === undefined
      ? figures
      : [...figures, ...(await strong(subject.strongCall, quick ? 50 : 300))];
  },
};

/** One call after the other, each of which returns when the row is there. */
async function strong(call: NonNullable<Subject['strongCall']>, calls: number): Promise<Figure[]> {
  const times: number[] = [];
  for (let n = 0; n < calls; n++) {
    const since = performance.now();
    await call(requestOf(randomUUID()));
    times.push(performance.now() - since);
  }
  return latencies('strong call', times);
}

/** Notes when each row is seen first, by performance.now(). */
function watchRows(subject: Subject, ids: readonly string[]): { done: Promise<Map<string, number>> } {
  const seen = new Map<string, number>();
  async function look(): Promise<Map<string, number>> {
    let from = 0;
    while (from < ids.length) {
      // Rows come in about the order of the commands: the next ones are enough to look for.
      const wanted = ids.slice(from, from + 100).filter((id) => !seen.has(id));
      for (const id of await subject.visible(wanted)) seen.set(id, performance.now());
      while (from < ids.length && seen.has(ids[from] as string)) from++;
      await sleep(LOOK_MS);
    }
    return seen;
  }
  return { done: look() };
}
