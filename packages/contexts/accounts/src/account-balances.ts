import { fold, instant, money, plus, projection } from '@daybook/core';
import { z } from 'zod';
import type { AccountEvent } from './account.ts';

/** One account as it stands. */
export const AccountBalance = z.object({
  account_uuid: z.uuid().toLowerCase(),
  balance: money(),
  opened_at: instant(),
});

const account = fold<{ balance: number; opened_at: string } | null, AccountEvent>({
  initial: null,
  evolve(part, event) {
    switch (event.type) {
      case 'AccountOpened':
        return { balance: 0, opened_at: event.metadata.recorded_at };
      case 'TransferRecorded':
        return part && { ...part, balance: plus(part.balance, event.data.amount) };
    }
  },
});

/** What each account holds now. */
export const accountBalances = projection({
  name: 'account_balances',
  version: 1,
  row: AccountBalance,
  key: 'account_uuid',
  folds: { Account: account },
  combine: (account_uuid, { Account }) => (Account === null ? undefined : { account_uuid, ...Account }),
  list: { filters: [], orderBy: 'opened_at' },
});
