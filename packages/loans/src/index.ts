import { boundedContext } from '@daybook/core';
import { contractualizeApprovedLoan } from './contractualize-approved-loan.ts';
import { expireUnsignedContract } from './expire-unsigned-contract.ts';
import { loanApplications } from './loan-applications.ts';
import { loanContract } from './loan-contract.ts';
import { loanRequest } from './loan-request.ts';
import { loanReview } from './loan-review.ts';
import { reviewLoanRequest } from './review-loan-request.ts';

/** A loan application, from the request to the signed contract. */
export const loans = boundedContext({
  name: 'loans',
  aggregates: [loanRequest, loanReview, loanContract],
  processManagers: [reviewLoanRequest, contractualizeApprovedLoan],
  deadlines: [expireUnsignedContract],
  projections: [loanApplications],
});

export { LoanApplication, LoanStatus } from './loan-applications.ts';
export { LoanContractCommand, LoanContractEvent } from './loan-contract.ts';
export { LoanRequestCommand, LoanRequestEvent } from './loan-request.ts';
export { LoanReviewCommand, LoanReviewEvent } from './loan-review.ts';
export {
  contractualizeApprovedLoan,
  expireUnsignedContract,
  loanApplications,
  loanContract,
  loanRequest,
  loanReview,
  reviewLoanRequest,
};
