import { boundedContext } from '@daybook/core';
import { contractualizeApprovedLoan } from './contractualize-approved-loan.ts';
import { loanApplications } from './loan-applications.ts';
import { loanContract } from './loan-contract.ts';
import { loanRequest } from './loan-request.ts';
import { loanReview } from './loan-review.ts';
import { notifyApplicant } from './notify-applicant.ts';
import { reviewLoanRequest } from './review-loan-request.ts';

/** A loan application, from the request to the signed contract. */
export const loans = boundedContext({
  name: 'loans',
  aggregates: [loanRequest, loanReview, loanContract],
  processManagers: [reviewLoanRequest, contractualizeApprovedLoan],
  projections: [loanApplications],
  eventHandlers: [notifyApplicant],
});

export { LoanApplication, LoanStatus } from './loan-applications.ts';
export { LoanContractCommand, LoanContractEvent } from './loan-contract.ts';
export { LoanRequestCommand, LoanRequestEvent } from './loan-request.ts';
export { LoanReviewCommand, LoanReviewEvent } from './loan-review.ts';
export {
  contractualizeApprovedLoan,
  loanApplications,
  loanContract,
  loanRequest,
  loanReview,
  notifyApplicant,
  reviewLoanRequest,
};
