import { followUps, type Message, type ProcessManager } from '@daybook/core';
import { recordedEvents } from '@daybook/testing';
import { contractualizeApprovedLoan, loans, reviewLoanRequest } from './index.ts';

const data = { loan_application_uuid: '7c9e6679-7425-40de-944b-e07fc1f90ae7' };
const eventTypes = loans.aggregates.flatMap(({ events }) => events.options.map((option) => option.shape.type.value));

function commandsOf(manager: ProcessManager, type: string): Message[] {
  return recordedEvents(['loans-LoanRequest-1', { type, data }])
    .flatMap((event) => followUps('loans', manager, event))
    .map(({ command }) => command);
}

test.each([
  [reviewLoanRequest, 'LoanRequestSubmitted', 'IssueLoanReview'],
  [contractualizeApprovedLoan, 'LoanApproved', 'IssueLoanContract'],
])('$name reacts to one event, and to no other', (manager, event, command) => {
  expect(eventTypes).toHaveLength(8);
  for (const type of eventTypes) {
    expect(commandsOf(manager, type)).toEqual(type === event ? [{ type: command, data }] : []);
  }
});

test('what they dispatch are commands of the context', () => {
  for (const type of ['IssueLoanReview', 'IssueLoanContract']) expect(loans.commands.has(type)).toBe(true);
});
