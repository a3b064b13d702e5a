import { aggregate, command, type Decider, event, type Rejection, reject } from '@daybook/core';
import { z } from 'zod';

/** One spelling of each: lower case. */
const loan_application_uuid = z.uuid().toLowerCase();

/** What may be asked of a loan review. */
export const LoanReviewCommand = z.discriminatedUnion('type', [
  command('IssueLoanReview', { loan_application_uuid }),
  command('ApproveLoan', { loan_application_uuid }),
  command('DenyLoan', { loan_application_uuid }),
]);
export type LoanReviewCommand = z.infer<typeof LoanReviewCommand>;

/** Stored for ever: add optional fields, never rename; a new meaning is a new type. */
export const LoanReviewEvent = z.discriminatedUnion('type', [
  event('LoanReviewIssued', { loan_application_uuid }),
  event('LoanApproved', { loan_application_uuid }),
  event('LoanDenied', { loan_application_uuid }),
]);
export type LoanReviewEvent = z.infer<typeof LoanReviewEvent>;

type LoanReview = { status: 'none' | 'pending_review' | 'approved' | 'denied' };

const decider: Decider<LoanReview, LoanReviewCommand, LoanReviewEvent> = {
  initial: { status: 'none' },

  decide(command, { status }) {
    switch (command.type) {
      case 'IssueLoanReview':
        if (status !== 'none') return reject('loan_review_already_issued');
        return [{ type: 'LoanReviewIssued', data: command.data }];
      case 'ApproveLoan':
        return undecidable(status) ?? [{ type: 'LoanApproved', data: command.data }];
      case 'DenyLoan':
        return undecidable(status) ?? [{ type: 'LoanDenied', data: command.data }];
    }
  },

  evolve(_state, event) {
    switch (event.type) {
      case 'LoanReviewIssued':
        return { status: 'pending_review' };
      case 'LoanApproved':
        return { status: 'approved' };
      case 'LoanDenied':
        return { status: 'denied' };
    }
  },
};

/** A review is decided once, and only after it was issued. */
function undecidable(status: LoanReview['status']): Rejection | undefined {
  switch (status) {
    case 'none':
      return reject('loan_review_not_issued');
    case 'approved':
      return reject('loan_already_approved');
    case 'denied':
      return reject('loan_already_denied');
    case 'pending_review':
      return undefined;
  }
}

/** What loan operations decide on. */
export const loanReview = aggregate({
  name: 'LoanReview',
  commands: LoanReviewCommand,
  events: LoanReviewEvent,
  id: 'loan_application_uuid',
  decider,
});
