import { fold, projection } from '@daybook/core';
import { z } from 'zod';
import type { LoanContractEvent } from './loan-contract.ts';
import type { LoanRequestEvent } from './loan-request.ts';
import type { LoanReviewEvent } from './loan-review.ts';

/** In the order in which a loan application reaches them. */
export const LoanStatus = z.enum([
  'pending_submission',
  'submitted',
  'pending_review',
  'approved',
  'denied',
  'pending_signature',
  'signed',
  'rejected',
]);
export type LoanStatus = z.infer<typeof LoanStatus>;

const reachedAt = z.iso.datetime().nullable();

/** One loan application; each time is null until its status was reached. */
export const LoanApplication = z.object({
  loan_application_uuid: z.uuid(),
  amount: z.int(),
  duration: z.int(),
  status: LoanStatus,
  requested_at: z.iso.datetime(),
  submitted_at: reachedAt,
  review_issued_at: reachedAt,
  approved_at: reachedAt,
  denied_at: reachedAt,
  contract_issued_at: reachedAt,
  signed_at: reachedAt,
  rejected_at: reachedAt,
});
export type LoanApplication = z.infer<typeof LoanApplication>;

type Request = { amount: number; duration: number; requested_at: string; submitted_at: string | null };
type Review = { issued_at: string | null; approved_at: string | null; denied_at: string | null };
type Contract = { issued_at: string | null; signed_at: string | null; rejected_at: string | null };

const request = fold<Request | null, LoanRequestEvent>({
  initial: null,
  evolve(part, event) {
    const at = event.metadata.recorded_at;
    switch (event.type) {
      case 'LoanRequested':
        return { amount: event.data.amount, duration: event.data.duration, requested_at: at, submitted_at: null };
      case 'LoanRequestSubmitted':
        return part && { ...part, submitted_at: at };
    }
  },
});

const review = fold<Review, LoanReviewEvent>({
  initial: { issued_at: null, approved_at: null, denied_at: null },
  evolve(part, event) {
    const at = event.metadata.recorded_at;
    switch (event.type) {
      case 'LoanReviewIssued':
        return { ...part, issued_at: at };
      case 'LoanApproved':
        return { ...part, approved_at: at };
      case 'LoanDenied':
        return { ...part, denied_at: at };
    }
  },
});

const contract = fold<Contract, LoanContractEvent>({
  initial: { issued_at: null, signed_at: null, rejected_at: null },
  evolve(part, event) {
    const at = event.metadata.recorded_at;
    switch (event.type) {
      case 'LoanContractIssued':
        return { ...part, issued_at: at };
      case 'ContractSigned':
        return { ...part, signed_at: at };
      case 'ContractRejected':
        return { ...part, rejected_at: at };
    }
  },
});

/** The applicant's view: where the application stands, and when it got there. */
export const loanApplications = projection({
  name: 'loan_applications',
  version: 1,
  row: LoanApplication,
  key: 'loan_application_uuid',
  folds: { LoanRequest: request, LoanReview: review, LoanContract: contract },
  combine(loan_application_uuid, { LoanRequest, LoanReview, LoanContract }) {
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
  },
  list: { filters: ['status'], orderBy: 'requested_at' },
});

/** The contract comes after the review, which comes after the request, whichever was seen first. */
function furthest(request: Request, review: Review, contract: Contract): LoanStatus {
  if (contract.rejected_at) return 'rejected';
  if (contract.signed_at) return 'signed';
  if (contract.issued_at) return 'pending_signature';
  if (review.denied_at) return 'denied';
  if (review.approved_at) return 'approved';
  if (review.issued_at) return 'pending_review';
  if (request.submitted_at) return 'submitted';
  return 'pending_submission';
}
