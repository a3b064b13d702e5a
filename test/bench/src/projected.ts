import { eventually } from '@daybook/test-support';
import { awaitRows, PATIENCE_MS } from './await-rows.ts';
import type { PipelineBenchmark } from './benchmark.ts';
import { idsOf, newLoans, stepOf } from './loans.ts';
import type { Publisher } from './publisher.ts';
import type { SystemUnderTest } from './system-under-test.ts';

const LOANS = 5000;
const IN_FLIGHT = 256;
const SUSTAINED_S = 60;

/** From the first publication until the last row is right. */
export const projected: PipelineBenchmark = {
  name: 'projected',
  what: 'loans requested and submitted, 256 in flight, until the last row is right; without process managers, as the peers are measured',
  of: 'pipeline',
  withoutFollowUps: true,
  async run(system, { quick }) {
    const publisher = await system.connectPublisher();
    const first = newLoans(500);
    await publisher.closed(first, 64);
    await awaitRows(system, idsOf(first));

    const requests = newLoans(quick ? LOANS / 5 : LOANS);
    const ids = idsOf(requests);
    const began = performance.now();
    await publisher.closed(requests, IN_FLIGHT);
    await publisher.closed(
      ids.map((id) => stepOf('SubmitLoanRequest', id)),
      IN_FLIGHT,
    );
    await awaitRows(system, ids, 'submitted');
    const twoEach = (2 * ids.length) / ((performance.now() - began) / 1000);

    const sustained = await sustain(system, publisher, quick ? SUSTAINED_S / 6 : SUSTAINED_S);
    await publisher.close();
    return [
      { name: `${LOANS} loans × 2`, unit: 'commands/s', value: twoEach },
      { name: `sustained ${SUSTAINED_S} s`, unit: 'commands/s', value: sustained },
    ];
  },
};

/** @returns commands a second, from the first publication to the last row */
async function sustain(system: SystemUnderTest, publisher: Publisher, seconds: number): Promise<number> {
  const before = await system.rows();
  const began = performance.now();
  let count = 0;
  let last: string[] = [];
  while (performance.now() - began < seconds * 1000) {
    const requests = newLoans(10 * IN_FLIGHT);
    await publisher.closed(requests, IN_FLIGHT);
    count += requests.length;
    last = idsOf(requests);
  }
  await awaitRows(system, last);
  // Once the last are there, all are: counting them is work, so it is done once.
  await eventually('every row is there', async () => (await system.rows()) >= before + count, PATIENCE_MS);
  return count / ((performance.now() - began) / 1000);
}
