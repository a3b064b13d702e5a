import { given } from '@daybook/testing';
import { LoanContractCommand, loanContract } from './loan-contract.ts';

const data = { loan_application_uuid: '7c9e6679-7425-40de-944b-e07fc1f90ae7' };
const issued = { type: 'LoanContractIssued', data } as const;
const signed = { type: 'ContractSigned', data } as const;
const rejected = { type: 'ContractRejected', data } as const;

describe('IssueLoanContract', () => {
  const issue = { type: 'IssueLoanContract', data } as const;
  test('none → pending_signature', () => given(loanContract).when(issue).then(issued));
  test.each([[[issued]], [[issued, signed]], [[issued, rejected]]])('loan_contract_already_issued', (history) => {
    given(loanContract, ...history)
      .when(issue)
      .thenRejected('loan_contract_already_issued');
  });
});

describe.each([
  ['SignContract', signed],
  ['RejectContract', rejected],
] as const)('%s', (type, event) => {
  test('answers a pending contract', () => given(loanContract, issued).when({ type, data }).then(event));
  test('loan_contract_not_issued', () =>
    given(loanContract).when({ type, data }).thenRejected('loan_contract_not_issued'));
  test('contract_already_signed', () =>
    given(loanContract, issued, signed).when({ type, data }).thenRejected('contract_already_signed'));
  test('contract_already_rejected', () =>
    given(loanContract, issued, rejected).when({ type, data }).thenRejected('contract_already_rejected'));
});

describe('a reason to reject', () => {
  const reject = (reason: string) => ({ type: 'RejectContract', data: { ...data, reason } }) as const;
  test('is kept with the event', () =>
    given(loanContract, issued)
      .when(reject('expired'))
      .then({ type: 'ContractRejected', data: { ...data, reason: 'expired' } }));
  test('has up to 200 characters', () => {
    expect(LoanContractCommand.safeParse(reject('x'.repeat(200))).success).toBe(true);
    expect(LoanContractCommand.safeParse(reject('x'.repeat(201))).success).toBe(false);
  });
});
