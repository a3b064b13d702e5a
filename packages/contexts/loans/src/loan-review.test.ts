import { given } from '@daybook/testing';
import { loanReview } from './loan-review.ts';

const data = { loan_application_uuid: '7c9e6679-7425-40de-944b-e07fc1f90ae7' };
const issued = { type: 'LoanReviewIssued', data } as const;
const approved = { type: 'LoanApproved', data } as const;
const denied = { type: 'LoanDenied', data } as const;

describe('IssueLoanReview', () => {
  const issue = { type: 'IssueLoanReview', data } as const;
  test('none → pending_review', () => given(loanReview).when(issue).then(issued));
  test.each([[[issued]], [[issued, approved]], [[issued, denied]]])('loan_review_already_issued', (history) => {
    given(loanReview, ...history)
      .when(issue)
      .thenRejected('loan_review_already_issued');
  });
});

describe.each([
  ['ApproveLoan', approved],
  ['DenyLoan', denied],
] as const)('%s', (type, event) => {
  test('decides a pending review', () => given(loanReview, issued).when({ type, data }).then(event));
  test('loan_review_not_issued', () => given(loanReview).when({ type, data }).thenRejected('loan_review_not_issued'));
  test('loan_already_approved', () =>
    given(loanReview, issued, approved).when({ type, data }).thenRejected('loan_already_approved'));
  test('loan_already_denied', () =>
    given(loanReview, issued, denied).when({ type, data }).thenRejected('loan_already_denied'));
});
