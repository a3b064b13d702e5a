import { processManager } from '@daybook/core';
import type { LoanContractCommand } from './loan-contract.ts';
import type { LoanReviewEvent } from './loan-review.ts';

type LoanApproved = Extract<LoanReviewEvent, { type: 'LoanApproved' }>;

/** An approved loan gets a contract. */
export const contractualizeApprovedLoan = processManager<LoanApproved, LoanContractCommand>({
  name: 'ContractualizeApprovedLoan',
  reactsTo: ['LoanApproved'],
  react: ({ data }) => [{ type: 'IssueLoanContract', data: { loan_application_uuid: data.loan_application_uuid } }],
});
