import { processManager } from '@daybook/core';
import type { LoanRequestEvent } from './loan-request.ts';
import type { LoanReviewCommand } from './loan-review.ts';

type LoanRequestSubmitted = Extract<LoanRequestEvent, { type: 'LoanRequestSubmitted' }>;

/** A submitted loan request gets a review. */
export const reviewLoanRequest = processManager<LoanRequestSubmitted, LoanReviewCommand>({
  name: 'ReviewLoanRequest',
  reactsTo: ['LoanRequestSubmitted'],
  react: ({ data }) => [{ type: 'IssueLoanReview', data: { loan_application_uuid: data.loan_application_uuid } }],
});
