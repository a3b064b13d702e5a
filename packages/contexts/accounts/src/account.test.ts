import { given } from '@daybook/testing';
import { account } from './account.ts';

const account_uuid = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const open = { type: 'OpenAccount', data: { account_uuid } } as const;
const opened = { type: 'AccountOpened', data: { account_uuid } } as const;
const transfer = (amount: number) => ({ type: 'RecordTransfer', data: { account_uuid, amount } }) as const;
const recorded = (amount: number) => ({ type: 'TransferRecorded', data: { account_uuid, amount } }) as const;

describe('OpenAccount', () => {
  test('opens it', () => given(account).when(open).then(opened));
  test.each([[[opened]], [[opened, recorded(20)]]])('account_already_open', (history) => {
    given(account, ...history)
      .when(open)
      .thenRejected('account_already_open');
  });
});

describe('RecordTransfer', () => {
  test('in and out, down to nothing', () => {
    given(account, opened).when(transfer(20)).then(recorded(20));
    given(account, opened, recorded(20), recorded(100)).when(transfer(-120)).then(recorded(-120));
  });
  test('account_not_found', () => given(account).when(transfer(20)).thenRejected('account_not_found'));
  test('insufficient_balance', () => {
    given(account, opened).when(transfer(-1)).thenRejected('insufficient_balance');
    given(account, opened, recorded(20), recorded(100), recorded(-40))
      .when(transfer(-81))
      .thenRejected('insufficient_balance');
  });
  test('balance_too_high: never more than can be counted to the unit', () => {
    const most = Number.MAX_SAFE_INTEGER;
    given(account, opened).when(transfer(most)).then(recorded(most));
    given(account, opened, recorded(most)).when(transfer(-most)).then(recorded(-most));
    given(account, opened, recorded(most)).when(transfer(1)).thenRejected('balance_too_high');
    given(account, opened, recorded(most)).when(transfer(most)).thenRejected('balance_too_high');
    given(account, opened, recorded(1000)).when(transfer(most)).thenRejected('balance_too_high');
  });
  test('of nothing is no command', () => expect(() => account.commands.parse(transfer(0))).toThrow('moves something'));
});
