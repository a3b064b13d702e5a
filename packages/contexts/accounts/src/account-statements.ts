import { instant, itemsProjection, money, plus } from '@daybook/core';
import { z } from 'zod';
import { account } from './account.ts';

/** One transfer, and the balance after it. */
export const StatementEntry = z.object({
  account_uuid: z.uuid().toLowerCase(),
  /** From 1, in the order of the transfers. */
  number: z.int(),
  amount: money(),
  balance: money(),
  recorded_at: instant(),
});

/** Every transfer of each account, in order. */
export const accountStatements = itemsProjection({
  name: 'account_statements',
  version: 1,
  row: StatementEntry,
  key: 'account_uuid',
  itemKey: 'number',
  of: account,
  initial: { number: 0, balance: 0 },
  evolve(part, event) {
    switch (event.type) {
      case 'AccountOpened':
        return { part };
      case 'TransferRecorded': {
        const next = { number: part.number + 1, balance: plus(part.balance, event.data.amount) };
        return { part: next, put: [{ ...event.data, ...next, recorded_at: event.metadata.recorded_at }] };
      }
    }
  },
  list: { filters: [], orderBy: 'number' },
});
