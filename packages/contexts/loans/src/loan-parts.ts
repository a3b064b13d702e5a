import { fold, type PartsOf } from '@daybook/core';
import { z } from 'zod';
import type { LoanContractEvent } from './loan-contract.ts';
import type { LoanRequestEvent } from './loan-request.ts';
import type { LoanReviewEvent } from './loan-review.ts';

// What the representations of a loan have in common: the parts they are made of, by stream.

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

type Request = { amount: number; duration: number; requested_at: string; submitted_at: string | null };
type Review = { issued_at: string | null; approved_at: string | null; denied_at: string | null };
type Contract = { issued_at: string | null; signed_at: string | null; rejected_at: string | null };

/** null until the loan was requested. */
export const request = fold<Request | null, LoanRequestEvent>({
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

/** When the review was issued and decided. */
export const review = fold<Review, LoanReviewEvent>({
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

/** When the contract was issued and answered. */
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

/** All three, by aggregate. */
export const loanFolds = { LoanRequest: request, LoanReview: review, LoanContract: contract };
export type LoanParts = PartsOf<typeof loanFolds>;

/** The contract comes after the review, which comes after the request, whichever was seen first. */
export function furthest(request: Request, review: Review, contract: Contract): LoanStatus {
  if (contract.rejected_at) return 'rejected';
  if (contract.signed_at) return 'signed';
  if (contract.issued_at) return 'pending_signature';
  if (review.denied_at) return 'denied';
  if (review.approved_at) return 'approved';
  if (review.issued_at) return 'pending_review';
  if (request.submitted_at) return 'submitted';
  return 'pending_submission';
}
