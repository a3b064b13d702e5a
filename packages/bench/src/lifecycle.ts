import { eventually } from '@daybook/testing';
import type { SystemBenchmark } from './benchmark.ts';
import { idsOf, newLoans, stepOf } from './loans.ts';
import type { Publisher } from './publisher.ts';
import { PATIENCE_MS } from './there.ts';

const LOANS = 3000;
const IN_FLIGHT = 256;

/** Whole loans: six events and two follow-up commands each. */
export const lifecycle: SystemBenchmark = {
  name: 'lifecycle',
  what: 'whole loans, from the request to the signed contract, process managers and mails included',
  of: 'system',
  async run(system, { quick }) {
    const publisher = await system.connectPublisher();
    const count = quick ? LOANS / 10 : LOANS;
    const requests = newLoans(count);
    const ids = idsOf(requests);
    const reached = async (column: string) => {
      const { rows } = await system.database.query<{ count: string }>(
        `select count(*) from read_models.loan_applications where loan_application_uuid = any($1) and ${column} is not null`,
        [ids],
      );
      return Number(rows[0]?.count) === count;
    };
    const step = (type: string) => steps(publisher, type, ids);
    const began = performance.now();
    await publisher.closed(requests, IN_FLIGHT);
    await step('SubmitLoanRequest');
    await eventually('every loan is reviewed', () => reached('review_issued_at'), PATIENCE_MS);
    await step('ApproveLoan');
    await eventually('every loan has a contract', () => reached('contract_issued_at'), PATIENCE_MS);
    await step('SignContract');
    await eventually('every contract is signed', () => reached('signed_at'), PATIENCE_MS);
    const seconds = (performance.now() - began) / 1000;
    await publisher.close();
    return [
      { name: 'whole loans', unit: 'loans/s', value: count / seconds },
      { name: 'events of them', unit: 'events/s', value: (6 * count) / seconds },
    ];
  },
};

async function steps(publisher: Publisher, type: string, ids: readonly string[]): Promise<void> {
  const { refused } = await publisher.closed(
    ids.map((id) => stepOf(type, id)),
    IN_FLIGHT,
  );
  if (refused > 0) throw new Error(`${type}: ${refused} were refused`);
}
