import type { Message } from '@daybook/core';
import { inOrder, numberedCommands } from './numbered-commands.ts';

const requested = (amount: number): Message => ({ type: 'LoanRequested', data: { amount } });
const refused = (command: string, amount?: number): Message => {
  return { type: 'CommandRejected', data: { command, data: { amount } } };
};
const submitted: Message = { type: 'LoanRequestSubmitted', data: {} };

test('all commands to one loan, then all to the next', () => {
  const { ids, commands } = numberedCommands(2, 2);
  const told = commands.map(({ type, data }) => [
    type,
    ids.indexOf((data as { loan_application_uuid: string }).loan_application_uuid),
  ]);
  const each = (n: number) => [
    ['RequestLoan', n],
    ['RequestLoan', n],
    ['SubmitLoanRequest', n],
  ];
  expect(told).toEqual([...each(0), ...each(1)]);
});

test.each([
  ['as published', [requested(1000), refused('RequestLoan', 1001), submitted], true],
  ['the second was first', [requested(1001), refused('RequestLoan', 1000), submitted], false],
  ['two refusals changed places', [requested(1000), refused('RequestLoan', 1002), refused('RequestLoan', 1001)], false],
  ['one was decided twice', [requested(1000), refused('RequestLoan', 1001), refused('RequestLoan', 1001)], false],
  ['submitted too early', [requested(1000), submitted, refused('RequestLoan', 1001)], false],
  ['submitted before it was requested', [refused('SubmitLoanRequest'), requested(1000)], false],
] as const)('%s', (_, events, right) => {
  expect(inOrder(events)).toBe(right);
});
