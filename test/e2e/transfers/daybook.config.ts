import { defineApp } from '@daybook/app';
import {
  aggregate,
  boundedContext,
  type CommandRejected,
  command,
  event,
  fold,
  processManager,
  projection,
  reject,
} from '@daybook/core';
import { z } from 'zod';

const wallet_id = z.string();
const transfer_id = z.string();
const amount = z.int().positive();

const WalletCommand = z.discriminatedUnion('type', [
  command('OpenWallet', { wallet_id, balance: z.int() }),
  command('CloseWallet', { wallet_id }),
  command('Withdraw', { wallet_id, transfer_id, amount }),
  command('Deposit', { wallet_id, transfer_id, amount }),
  command('GiveBack', { wallet_id, transfer_id, amount }),
]);
const WalletEvent = z.discriminatedUnion('type', [
  event('WalletOpened', { wallet_id, balance: z.int() }),
  event('WalletClosed', { wallet_id }),
  event('Withdrawn', { wallet_id, transfer_id, amount }),
  event('Deposited', { wallet_id, transfer_id, amount }),
  event('GivenBack', { wallet_id, transfer_id, amount }),
]);
type WalletCommand = z.infer<typeof WalletCommand>;
type WalletEvent = z.infer<typeof WalletEvent>;
interface WalletState {
  readonly open: boolean;
  readonly balance: number;
}

function evolveWallet(state: WalletState, event: WalletEvent): WalletState {
  switch (event.type) {
    case 'WalletOpened':
      return { open: true, balance: event.data.balance };
    case 'WalletClosed':
      return { ...state, open: false };
    case 'Withdrawn':
      return { ...state, balance: state.balance - event.data.amount };
    case 'Deposited':
    case 'GivenBack':
      return { ...state, balance: state.balance + event.data.amount };
  }
}

/** Holds money. What was withdrawn can be given back even when it is closed. */
const wallet = aggregate({
  name: 'Wallet',
  commands: WalletCommand,
  events: WalletEvent,
  id: 'wallet_id',
  decider: {
    initial: { open: false, balance: 0 },
    decide({ type, data }, { open, balance }) {
      switch (type) {
        case 'OpenWallet':
          return open ? reject('already_open') : [{ type: 'WalletOpened' as const, data }];
        case 'CloseWallet':
          return open ? [{ type: 'WalletClosed' as const, data }] : [];
        case 'Withdraw':
          if (!open) return reject('closed');
          return balance < data.amount ? reject('insufficient_balance') : [{ type: 'Withdrawn' as const, data }];
        case 'Deposit':
          return open ? [{ type: 'Deposited' as const, data }] : reject('closed');
        case 'GiveBack':
          return [{ type: 'GivenBack' as const, data }];
      }
    },
    evolve: evolveWallet,
  },
});

const TransferCommand = z.discriminatedUnion('type', [
  command('RequestTransfer', { transfer_id, from: wallet_id, to: wallet_id, amount }),
  command('EndTransfer', { transfer_id, outcome: z.enum(['completed', 'refused']) }),
]);
const TransferEvent = z.discriminatedUnion('type', [
  event('TransferRequested', { transfer_id, from: wallet_id, to: wallet_id, amount }),
  event('TransferEnded', { transfer_id, outcome: z.enum(['completed', 'refused']) }),
]);
type TransferCommand = z.infer<typeof TransferCommand>;
type TransferEvent = z.infer<typeof TransferEvent>;

const transfer = aggregate({
  name: 'Transfer',
  commands: TransferCommand,
  events: TransferEvent,
  id: 'transfer_id',
  decider: {
    initial: 'none' as string,
    decide({ type, data }, status) {
      switch (type) {
        case 'RequestTransfer':
          return status === 'none' ? [{ type: 'TransferRequested' as const, data }] : reject('already_requested');
        case 'EndTransfer':
          return status === 'requested' ? [{ type: 'TransferEnded' as const, data }] : [];
      }
    },
    evolve: (_status, { type, data }) => (type === 'TransferRequested' ? 'requested' : data.outcome),
  },
});

interface Moving {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly ended: boolean;
}
type Moved = Extract<WalletEvent, { data: { transfer_id: string } }>;

/** Takes the money from one wallet, puts it into the other, and gives it back where that is refused. */
const moveMoney = processManager<
  Moving | null,
  TransferEvent | Moved | CommandRejected,
  WalletCommand | TransferCommand
>({
  name: 'MoveMoney',
  version: 1,
  reactsTo: ['TransferRequested', 'Withdrawn', 'Deposited', 'GivenBack', 'TransferEnded', 'CommandRejected'],
  startedBy: ['TransferRequested'],
  correlate({ type, data }) {
    if (type !== 'CommandRejected') return data.transfer_id;
    return ['Withdraw', 'Deposit'].includes(data.command)
      ? (data.data as { transfer_id: string }).transfer_id
      : undefined;
  },
  initial: null,
  evolve(state, { type, data }) {
    if (type === 'TransferRequested') return { from: data.from, to: data.to, amount: data.amount, ended: false };
    return state && { ...state, ended: type === 'TransferEnded' };
  },
  react(state, { type, data }) {
    if (state === null) return [];
    const { from, to, amount } = state;
    const of = (wallet: string) => ({ wallet_id: wallet, transfer_id: idOf({ type, data } as never), amount });
    const end = (outcome: 'completed' | 'refused') =>
      [{ type: 'EndTransfer', data: { transfer_id: of('').transfer_id, outcome } }] as const;
    switch (type) {
      case 'TransferRequested':
        return [{ type: 'Withdraw', data: of(from) }];
      case 'Withdrawn':
        return [{ type: 'Deposit', data: of(to) }];
      case 'Deposited':
        return end('completed');
      case 'GivenBack':
        return end('refused');
      case 'CommandRejected':
        return data.command === 'Deposit' ? [{ type: 'GiveBack', data: of(from) }] : end('refused');
      case 'TransferEnded':
        return [];
    }
  },
  isOver: (state) => state?.ended ?? false,
});

function idOf({ type, data }: TransferEvent | Moved | CommandRejected): string {
  return type === 'CommandRejected' ? (data.data as { transfer_id: string }).transfer_id : data.transfer_id;
}

export const bank = boundedContext({
  name: 'bank',
  aggregates: [wallet, transfer],
  processManagers: [moveMoney],
  projections: [
    projection({
      name: 'wallets',
      version: 1,
      row: z.object({ wallet_id, open: z.boolean(), balance: z.int() }),
      key: 'wallet_id',
      folds: {
        Wallet: fold<WalletState | null, WalletEvent>({
          initial: null,
          evolve: (part, event) => evolveWallet(part ?? { open: false, balance: 0 }, event),
        }),
      },
      combine: (id, { Wallet }) => (Wallet === null ? undefined : { wallet_id: id, ...Wallet }),
      list: { filters: [], orderBy: 'wallet_id' },
    }),
    projection({
      name: 'transfers',
      version: 1,
      row: z.object({ transfer_id, status: z.string() }),
      key: 'transfer_id',
      folds: {
        Transfer: fold<string | null, TransferEvent>({
          initial: null,
          evolve: (_part, { type, data }) => (type === 'TransferRequested' ? 'requested' : data.outcome),
        }),
      },
      combine: (id, { Transfer }) => (Transfer === null ? undefined : { transfer_id: id, status: Transfer }),
      list: { filters: ['status'], orderBy: 'transfer_id' },
    }),
  ],
});

/** Money that moves between wallets by a process manager with a state. */
export default defineApp({ contexts: [bank] });
