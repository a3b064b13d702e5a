import { atRate } from './at-rate.ts';
import { awaitRows } from './await-rows.ts';
import type { PipelineBenchmark } from './benchmark.ts';
import { latencies } from './figures.ts';
import { idsOf, newLoans } from './loans.ts';
import type { Publication } from './publisher.ts';

const PER_SECOND = 200;
const SECONDS = 30;
/** Of calls that wait, seconds. */
const STRONG_SECONDS = 10;
/** Before it is measured: calls, so many at once, and twice as many commands. */
const WARM_UP = 1000;
const AT_ONCE = 10;

/** At a load that leaves the machine room. Each latency counts from when its command was due, so that none is left out. */
export const latency: PipelineBenchmark = {
  name: 'latency',
  what: `at ${PER_SECOND} commands/s: publish → reply, publish → row visible; then calls that wait for the rows`,
  of: 'pipeline',
  async run(system, { quick }) {
    const publisher = await system.connectPublisher();
    await publisher.closed(newLoans(2 * WARM_UP), 16);
    const part = quick ? 1 / 5 : 1;
    const requests = newLoans(PER_SECOND * SECONDS * part);
    const ids = idsOf(requests);
    const dueAt = new Map<string, number>();
    const visible: number[] = [];
    const unwatch = await system.watchRows(ids, (id) =>
      visible.push(performance.now() - (dueAt.get(id) ?? Number.NaN)),
    );
    const replied: Promise<number>[] = [];
    await atRate(requests.length, PER_SECOND, (n, due) => {
      dueAt.set(ids[n] as string, due);
      replied.push(publisher.send(requests[n] as Publication).then(() => performance.now() - due));
    });
    const replies = await Promise.all(replied);
    await awaitRows(system, ids);
    await unwatch();
    await publisher.close();
    if (visible.length !== ids.length) throw new Error(`${visible.length} of ${ids.length} rows were told of`);
    return [
      ...latencies('publish → reply', replies),
      ...latencies('publish → visible', visible),
      // Where there is no such call, who publishes and watches waits as long as it takes to be visible.
      ...latencies(
        'strong call',
        system.strongCall === undefined
          ? visible
          : await strongCalls(system.strongCall, PER_SECOND * STRONG_SECONDS * part),
      ),
    ];
  },
};

/** @returns milliseconds */
async function strongCalls(strongCall: (command: Publication) => Promise<void>, count: number): Promise<number[]> {
  // The command-gateway is new to this: what piles up while it warms up would be in every figure.
  for (let n = 0; n < WARM_UP; n += AT_ONCE) await Promise.all(newLoans(AT_ONCE).map(strongCall));
  const calls: Promise<number>[] = [];
  const requests = newLoans(count);
  await atRate(count, PER_SECOND, (n, due) => {
    calls.push(strongCall(requests[n] as Publication).then(() => performance.now() - due));
  });
  return Promise.all(calls);
}
