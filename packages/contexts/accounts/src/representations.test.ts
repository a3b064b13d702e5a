import { foldRows } from '@daybook/core';
import { recordedEvents } from '@daybook/testing';
import { accountBalances } from './account-balances.ts';
import { accountStatements } from './account-statements.ts';

const account_uuid = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const stream = `accounts-Account-${account_uuid}`;
const history = recordedEvents(
  [stream, { type: 'AccountOpened', data: { account_uuid } }],
  ...[20, 100, -40, 5].map((amount) => [stream, { type: 'TransferRecorded', data: { account_uuid, amount } }] as const),
);

test('+20, +100, -40, +5: the balance is 85', () => {
  expect(foldRows(accountBalances, history).get(account_uuid)).toEqual([
    { account_uuid, balance: 85, opened_at: '2026-01-01T00:00:00.000Z' },
  ]);
});

test('the statement has each transfer with the balance after it', () => {
  const statement = foldRows(accountStatements, history).get(account_uuid);
  expect(statement?.map(({ number, amount, balance }) => [number, amount, balance])).toEqual([
    [1, 20, 20],
    [2, 100, 120],
    [3, -40, 80],
    [4, 5, 85],
  ]);
  expect(statement?.[3]).toMatchObject({ account_uuid, recorded_at: '2026-01-01T00:04:00.000Z' });
});
