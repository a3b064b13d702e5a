import { account, accountBalances, accountStatements } from '@daybook/accounts';
import { foldRows } from '@daybook/core';
import { given, recordedEvents } from '@daybook/testing';

// A log of an older version may hold more transfers than a balance can count to the unit: no sum is made up of them.
const account_uuid = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const stream = `accounts-Account-${account_uuid}`;
const opened = { type: 'AccountOpened', data: { account_uuid } } as const;
const most = { type: 'TransferRecorded', data: { account_uuid, amount: Number.MAX_SAFE_INTEGER } } as const;

test.each([accountBalances, accountStatements])('no row is folded of what no number holds', (projection) => {
  const history = recordedEvents(...[opened, most, most].map((event) => [stream, event] as const));
  expect(() => foldRows(projection, history)).toThrow('could lose a unit');
});

test('nothing is decided on it', () => {
  const transfer = { type: 'RecordTransfer', data: { account_uuid, amount: -1 } } as const;
  expect(() => given(account, opened, most, most).when(transfer)).toThrow('could lose a unit');
});
