import { given } from '@daybook/testing';
import { loanRequest } from './loan-request.ts';

const loan_application_uuid = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const requested = { type: 'LoanRequested', data: { loan_application_uuid, amount: 1000, duration: 6 } } as const;
const submitted = { type: 'LoanRequestSubmitted', data: { loan_application_uuid } } as const;
const request = (amount: number, duration: number) =>
  ({ type: 'RequestLoan', data: { loan_application_uuid, amount, duration } }) as const;
const submit = { type: 'SubmitLoanRequest', data: { loan_application_uuid } } as const;

describe('RequestLoan', () => {
  test('is accepted from the least amount and duration on', () => {
    given(loanRequest).when(request(1000, 6)).then(requested);
    given(loanRequest)
      .when(request(500, 3))
      .then({ type: 'LoanRequested', data: { loan_application_uuid, amount: 500, duration: 3 } });
  });
  test('amount_is_too_low', () => given(loanRequest).when(request(499, 3)).thenRejected('amount_is_too_low'));
  test('duration_is_too_low', () => given(loanRequest).when(request(500, 2)).thenRejected('duration_is_too_low'));
  test('the amount is checked first', () => given(loanRequest).when(request(499, 2)).thenRejected('amount_is_too_low'));
  test('amount and duration are checked before the status', () => {
    given(loanRequest, requested).when(request(499, 3)).thenRejected('amount_is_too_low');
    given(loanRequest, requested).when(request(500, 2)).thenRejected('duration_is_too_low');
  });
  test.each([[[requested]], [[requested, submitted]]])('loan_already_requested', (history) => {
    given(loanRequest, ...history)
      .when(request(1000, 6))
      .thenRejected('loan_already_requested');
  });
});

describe('SubmitLoanRequest', () => {
  test('pending_submission → submitted', () => given(loanRequest, requested).when(submit).then(submitted));
  test('loan_not_requested', () => given(loanRequest).when(submit).thenRejected('loan_not_requested'));
  test('loan_request_already_submitted', () =>
    given(loanRequest, requested, submitted).when(submit).thenRejected('loan_request_already_submitted'));
});

test('ids are the same in upper and lower case', () => {
  const data = { loan_application_uuid: loan_application_uuid.toUpperCase(), amount: 1000, duration: 6 };
  given(loanRequest).when({ type: 'RequestLoan', data }).then(requested);
});
