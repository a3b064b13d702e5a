import { instant, money, projection } from '@daybook/core';
import { z } from 'zod';
import { furthest, type LoanParts, LoanStatus, loanFolds } from './loan-parts.ts';

const reachedAt = instant().nullable();

/** One loan application; each time is null until its status was reached. */
export const LoanApplication = z.object({
  loan_application_uuid: z.uuid().toLowerCase(),
  amount: money(),
  duration: z.int(),
  status: LoanStatus,
  requested_at: instant(),
  submitted_at: reachedAt,
  review_issued_at: reachedAt,
  approved_at: reachedAt,
  denied_at: reachedAt,
  contract_issued_at: reachedAt,
  signed_at: reachedAt,
  rejected_at: reachedAt,
});
export type LoanApplication = z.infer<typeof LoanApplication>;

/** @returns undefined before the loan was requested */
export function applicationOf(
  loan_application_uuid: string,
  { LoanRequest, LoanReview, LoanContract }: LoanParts,
): LoanApplication | undefined {
  if (LoanRequest === null) return undefined;
  return {
    loan_application_uuid,
    amount: LoanRequest.amount,
    duration: LoanRequest.duration,
    status: furthest(LoanRequest, LoanReview, LoanContract),
    requested_at: LoanRequest.requested_at,
    submitted_at: LoanRequest.submitted_at,
    review_issued_at: LoanReview.issued_at,
    approved_at: LoanReview.approved_at,
    denied_at: LoanReview.denied_at,
    contract_issued_at: LoanContract.issued_at,
    signed_at: LoanContract.signed_at,
    rejected_at: LoanContract.rejected_at,
  };
}

/** The applicant's view: where the application stands, and when it got there. */
export const loanApplications = projection({
  name: 'loan_applications',
  version: 1,
  row: LoanApplication,
  key: 'loan_application_uuid',
  folds: loanFolds,
  combine: applicationOf,
  list: { filters: ['status'], orderBy: 'requested_at' },
});
