import { instant, money, projection } from '@daybook/core';
import { z } from 'zod';
import { request, review } from './loan-parts.ts';

/** A loan that waits for a decision. */
export const WaitingReview = z.object({
  loan_application_uuid: z.uuid().toLowerCase(),
  amount: money(),
  duration: z.int(),
  waiting_since: instant(),
});

/** Loan operations' view: what waits for a decision, the oldest first; gone once decided. */
export const reviewQueue = projection({
  name: 'review_queue',
  version: 1,
  row: WaitingReview,
  key: 'loan_application_uuid',
  folds: { LoanRequest: request, LoanReview: review },
  combine(loan_application_uuid, { LoanRequest, LoanReview }) {
    const { issued_at, approved_at, denied_at } = LoanReview;
    if (LoanRequest === null || issued_at === null || approved_at !== null || denied_at !== null) return undefined;
    const { amount, duration } = LoanRequest;
    return { loan_application_uuid, amount, duration, waiting_since: issued_at };
  },
  computed: {
    schema: { age_seconds: z.int().nonnegative().meta({ description: 'Whole seconds since `waiting_since`.' }) },
    of: ({ waiting_since }, now) => ({
      // Another machine's clock may be ahead of this one's.
      age_seconds: Math.max(0, Math.floor((now.getTime() - Date.parse(waiting_since)) / 1000)),
    }),
  },
  list: { filters: [], orderBy: 'waiting_since' },
});
