import type { PipelineBenchmark } from './benchmark.ts';
import { idsOf, newLoans, stepOf } from './loans.ts';
import type { Subject } from './subject.ts';
import { until } from './until.ts';

const LOANS = 5000;
const IN_FLIGHT = 256;
const SUSTAINED_S = 60;

/** From the first publication until the last row is right. */
export const projected: PipelineBenchmark = {
  name: 'projected',
  what: 'loans requested and submitted, 256 in flight, until the last row is right; without process managers, as the peers are measured',
  of: 'pipeline',
  async run(subject, { quick }) {
    await subject.pauseFollowUps();
    const publisher = await subject.connectPublisher();
    await publisher.closed(newLoans(500), 64);
    await until('the first rows are there', async () => (await subject.rowsSubmitted()) >= 0);

    const loans = quick ? LOANS / 5 : LOANS;
    const requests = newLoans(loans);
    const submitted = await subject.rowsSubmitted();
    const began = performance.now();
    await publisher.closed(requests, IN_FLIGHT);
    await publisher.closed(
      idsOf(requests).map((id) => stepOf('SubmitLoanRequest', id)),
      IN_FLIGHT,
    );
    await until('the last row is right', async () => (await subject.rowsSubmitted()) >= submitted + loans);
    const twoEach = (2 * loans) / ((performance.now() - began) / 1000);

    const sustained = await sustain(subject, quick ? SUSTAINED_S / 6 : SUSTAINED_S);
    await publisher.close();
    await subject.resumeFollowUps();
    return [
      { name: `${LOANS} loans × 2`, unit: 'commands/s', value: twoEach },
      { name: `sustained ${SUSTAINED_S} s`, unit: 'commands/s', value: sustained },
    ];
  },
};

/** @returns commands a second, from the first publication to the last row */
async function sustain(subject: Subject, seconds: number): Promise<number> {
  const publisher = await subject.connectPublisher();
  const before = await subject.rows();
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < seconds * 1000) {
    await publisher.closed(newLoans(10 * IN_FLIGHT), IN_FLIGHT);
    count += 10 * IN_FLIGHT;
  }
  await until('every row is there', async () => (await subject.rows()) >= before + count);
  const took = (performance.now() - began) / 1000;
  await publisher.close();
  return count / took;
}
