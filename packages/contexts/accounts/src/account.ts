import { aggregate, command, type Decider, event, money, plus, reject } from '@daybook/core';
import { z } from 'zod';

/** One spelling of each: lower case. */
const account_uuid = z.uuid().toLowerCase();
/** Whole currency units: in when above zero, out when below. */
const amount = money().refine((units) => units !== 0, { error: 'a transfer moves something' });

/** What can be counted to the unit. */
const MAX_BALANCE = Number.MAX_SAFE_INTEGER;

/** What may be asked of an account. */
export const AccountCommand = z.discriminatedUnion('type', [
  command('OpenAccount', { account_uuid }),
  command('RecordTransfer', { account_uuid, amount }),
]);
export type AccountCommand = z.infer<typeof AccountCommand>;

/** Stored for ever: add optional fields, never rename; a new meaning is a new type. */
export const AccountEvent = z.discriminatedUnion('type', [
  event('AccountOpened', { account_uuid }),
  event('TransferRecorded', { account_uuid, amount }),
]);
export type AccountEvent = z.infer<typeof AccountEvent>;

type Account = { open: boolean; balance: number };

const decider: Decider<Account, AccountCommand, AccountEvent> = {
  initial: { open: false, balance: 0 },

  decide(command, { open, balance }) {
    switch (command.type) {
      case 'OpenAccount':
        if (open) return reject('account_already_open');
        return [{ type: 'AccountOpened', data: command.data }];
      case 'RecordTransfer':
        if (!open) return reject('account_not_found');
        if (balance + command.data.amount < 0) return reject('insufficient_balance', `the balance is ${balance}`);
        if (!Number.isSafeInteger(balance + command.data.amount))
          return reject('balance_too_high', `the most is ${MAX_BALANCE}`);
        return [{ type: 'TransferRecorded', data: command.data }];
    }
  },

  evolve({ balance }, event) {
    switch (event.type) {
      case 'AccountOpened':
        return { open: true, balance };
      case 'TransferRecorded':
        return { open: true, balance: plus(balance, event.data.amount) };
    }
  },
};

/** Where money comes in and goes out; never more out than in. */
export const account = aggregate({
  name: 'Account',
  commands: AccountCommand,
  events: AccountEvent,
  id: 'account_uuid',
  decider,
});
