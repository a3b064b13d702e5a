import { recordedEvents } from '@daybook/testing';
import { z } from 'zod';
import { type Cause, causeOf, deadline, later } from '../modelling/deadline.ts';
import { fold } from '../modelling/projection.ts';
import { deadlineRows } from './deadline-rows.ts';

type Lent = { type: 'Lent'; data: object };
type Returned = { type: 'Returned'; data: object };

export const lent = fold<Cause | null, Lent | Returned>({
  initial: null,
  evolve: (_before, event) => (event.type === 'Lent' ? causeOf(event) : null),
});
const forgiven = fold<boolean, { type: 'Forgiven'; data: object }>({ initial: false, evolve: () => true });

/** A warning after some minutes and a fine after twice as many, unless the book is back; no fine where it is forgiven. */
export const overdue = deadline({
  name: 'BookOverdue',
  version: 1,
  folds: { Book: lent, Reader: forgiven },
  settings: { MINUTES: z.number() },
  due(book, { Book: because, Reader: isForgiven }, { MINUTES }) {
    if (because === null) return [];
    const warn = {
      at: later(because.recorded_at, MINUTES * 60_000),
      because,
      command: { type: 'Warn', data: { book } },
    };
    const fine = {
      ...warn,
      at: later(because.recorded_at, 2 * MINUTES * 60_000),
      command: { type: 'Fine', data: { book } },
    };
    return isForgiven ? [warn] : [fine, warn];
  },
});

/** Minute by minute from midnight: lent twice and returned once. */
export const events = recordedEvents(
  ['library-Book-1', { type: 'Lent', data: {} }],
  ['library-Book-1', { type: 'Returned', data: {} }],
  ['library-Reader-1', { type: 'CommandRejected', data: {} }],
  ['library-Book-1', { type: 'Lent', data: {} }],
  ['library-Reader-1', { type: 'Forgiven', data: {} }],
);
export const atMinute = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
export const table = deadlineRows(overdue, { MINUTES: 10 });
