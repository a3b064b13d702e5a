import type { PipelineBenchmark } from './benchmark.ts';
import { newLoans } from './loans.ts';

const LOANS = 3000;

/** Whole loans: six events and two follow-up commands each. */
export const lifecycle: PipelineBenchmark = {
  name: 'lifecycle',
  what: 'whole loans, from the request to the signed contract, process managers and mails included',
  of: 'pipeline',
  async run(system, { quick }) {
    const count = quick ? LOANS / 10 : LOANS;
    const loans = newLoans(count);
    const began = performance.now();
    await system.walk(loans);
    const seconds = (performance.now() - began) / 1000;
    return [
      { name: 'whole loans', unit: 'loans/s', value: count / seconds },
      { name: 'events of them', unit: 'events/s', value: (6 * count) / seconds },
    ];
  },
};
