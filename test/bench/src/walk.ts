import { eventually } from '@daybook/test-support';
import { PATIENCE_MS } from './await-rows.ts';
import { idsOf, stepOf } from './loans.ts';
import type { Publication, Publisher } from './publisher.ts';

const IN_FLIGHT = 256;

/** The steps of a loan that somebody asks for, and the column that tells when what follows from it is done. */
const STEPS = [
  ['SubmitLoanRequest', 'review_issued_at'],
  ['ApproveLoan', 'contract_issued_at'],
  ['SignContract', 'signed_at'],
] as const;

/**
 * Walks loans through all of their life, all of them one step, then all of them the next.
 * @param reached how many of the loans have a time in a column
 */
export async function walkLoans(
  publisher: Publisher,
  loans: readonly Publication[],
  reached: (ids: readonly string[], column: string) => Promise<number>,
): Promise<void> {
  const ids = idsOf(loans);
  await publisher.closed(loans, IN_FLIGHT);
  for (const [type, column] of STEPS) {
    await steps(publisher, type, ids);
    await eventually(`every loan has ${column}`, async () => (await reached(ids, column)) === ids.length, PATIENCE_MS);
  }
}

/** One step of each of these loans. */
export async function steps(publisher: Publisher, type: string, ids: readonly string[]): Promise<void> {
  const { refused } = await publisher.closed(
    ids.map((id) => stepOf(type, id)),
    IN_FLIGHT,
  );
  if (refused > 0) throw new Error(`${type}: ${refused} were refused`);
}
