import { loans } from '@daybook/loans';
import { PARTITIONS, partitionOf, partitionOfCommand } from './partition.ts';

test('partitions never change: publishers of other languages compute the same', () => {
  expect(PARTITIONS).toBe(16);
  // Python: zlib.crc32(id.encode()) % 16
  expect(partitionOf('')).toBe(0);
  expect(partitionOf('123456789')).toBe(6);
  expect(partitionOf('7c9e6679-7425-40de-944b-e07fc1f90ae7')).toBe(8);
  expect(partitionOf('für immer')).toBe(3);
});

const id = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const commandId = 'c-1';

test('every command of an aggregate has its partition, however the id is spelt', () => {
  for (const loan_application_uuid of [id, id.toUpperCase()]) {
    for (const type of ['RequestLoan', 'SubmitLoanRequest', 'ApproveLoan', 'SignContract']) {
      expect(partitionOfCommand(loans, { type, data: { loan_application_uuid }, commandId })).toBe(partitionOf(id));
    }
  }
});

test('what names no aggregate goes by its message id', () => {
  expect(partitionOfCommand(loans, { type: 'RequestMoney', data: {}, commandId })).toBe(partitionOf(commandId));
  expect(partitionOfCommand(loans, { type: undefined, data: undefined, commandId: undefined })).toBe(0);
});
