import { boundedContext } from '@daybook/core';
import { account } from './account.ts';
import { accountBalances } from './account-balances.ts';
import { accountStatements } from './account-statements.ts';

/** Accounts, and what is transferred in and out of them. */
export const accounts = boundedContext({
  name: 'accounts',
  aggregates: [account],
  projections: [accountBalances, accountStatements],
});

export { AccountCommand, AccountEvent } from './account.ts';
export { AccountBalance } from './account-balances.ts';
export { StatementEntry } from './account-statements.ts';
export { account, accountBalances, accountStatements };
