import { boundedContext } from '@daybook/core';
import { contractualizeApprovedLoan } from './contractualize-approved-loan.ts';
import { expireUnsignedContract } from './expire-unsigned-contract.ts';
import { loanApplications } from './loan-applications.ts';
import { loanContract } from './loan-contract.ts';
import { loanFacts } from './loan-facts.ts';
import { loanRequest } from './loan-request.ts';
import { loanReview } from './loan-review.ts';
import { notifyApplicant } from './notify-applicant.ts';
import { reviewLoanRequest } from './review-loan-request.ts';
import { reviewQueue } from './review-queue.ts';

/** A loan application, from the request to the signed contract. */
export const loans = boundedContext({
  name: 'loans',
  aggregates: [loanRequest, loanReview, loanContract],
  processManagers: [reviewLoanRequest, contractualizeApprovedLoan],
  deadlines: [expireUnsignedContract],
  eventHandlers: [notifyApplicant],
  projections: [loanApplications, reviewQueue, loanFacts],
});

export { LoanApplication } from './loan-applications.ts';
export { LoanContractCommand, LoanContractEvent } from './loan-contract.ts';
export { LoanFacts, LoanOutcome } from './loan-facts.ts';
export { LoanStatus } from './loan-parts.ts';
export { LoanRequestCommand, LoanRequestEvent } from './loan-request.ts';
export { LoanReviewCommand, LoanReviewEvent } from './loan-review.ts';
export { WaitingReview } from './review-queue.ts';
export {
  contractualizeApprovedLoan,
  expireUnsignedContract,
  loanApplications,
  loanContract,
  loanFacts,
  loanRequest,
  loanReview,
  notifyApplicant,
  reviewLoanRequest,
  reviewQueue,
};
