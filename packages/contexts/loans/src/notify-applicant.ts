import { eventHandler, fold, type Mail } from '@daybook/core';
import type { LoanContractEvent } from './loan-contract.ts';
import type { LoanRequestEvent } from './loan-request.ts';
import type { LoanReviewEvent } from './loan-review.ts';

type Told = Extract<
  LoanReviewEvent | LoanContractEvent,
  { type: 'LoanApproved' | 'LoanDenied' | 'LoanContractIssued' }
>;

/** Who asked for the loan, as the request's actor. */
const applicant = fold<string | null, LoanRequestEvent>({
  initial: null,
  evolve: (part, event) => (event.type === 'LoanRequested' ? (event.metadata.actor ?? null) : part),
});

/** Tells applicants when their loan is approved or denied, and when a contract waits for them. Who did not say who they are is not told. */
export const notifyApplicant = eventHandler<Told, { LoanRequest: typeof applicant }>({
  name: 'NotifyApplicant',
  reactsTo: ['LoanApproved', 'LoanDenied', 'LoanContractIssued'],
  folds: { LoanRequest: applicant },
  mail(event, { LoanRequest: to }) {
    return to === null ? undefined : { to, ...letter(event) };
  },
});

function letter({ type, data }: Told): Omit<Mail, 'to'> {
  const application = `Loan application ${data.loan_application_uuid}`;
  switch (type) {
    case 'LoanApproved':
      return { subject: 'Your loan is approved', text: `${application} is approved. The contract follows.` };
    case 'LoanDenied':
      return { subject: 'Your loan is denied', text: `${application} is denied.` };
    case 'LoanContractIssued':
      return { subject: 'Your contract waits for you', text: `${application} has a contract, ready to be signed.` };
  }
}
