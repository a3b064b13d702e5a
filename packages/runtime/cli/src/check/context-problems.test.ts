import { accounts } from '@daybook/accounts';
import {
  aggregate,
  boundedContext,
  command,
  event,
  eventHandler,
  fold,
  processManager,
  projection,
  reject,
} from '@daybook/core';
import { loans } from '@daybook/loans';
import { meetups } from '@daybook/meetups';
import { z } from 'zod';
import { contextProblems } from './context-problems.ts';

test.each([[loans], [meetups], [accounts]])('$name fits together', (context) => {
  expect(contextProblems(context)).toEqual([]);
});

test('what a context names that is not there', () => {
  const book = aggregate({
    name: 'Book',
    commands: z.discriminatedUnion('type', [command('AddBook', { book_uuid: z.uuid() })]),
    events: z.discriminatedUnion('type', [event('BookAdded', { book_uuid: z.uuid() })]),
    id: 'bok_uuid',
    decider: { initial: null, decide: () => reject('never'), evolve: () => null },
  });
  const row = z.object({ book_uuid: z.uuid() });
  const context = boundedContext({
    name: 'library',
    aggregates: [book],
    processManagers: [processManager({ name: 'Remind', reactsTo: ['BookAded'], react: () => [] })],
    eventHandlers: [eventHandler({ name: 'Tell', reactsTo: ['Nothing'], folds: {}, mail: () => undefined })],
    projections: [
      projection({
        name: 'books',
        version: 1,
        row,
        key: 'book_uuid',
        folds: { Bok: fold({ initial: null, evolve: () => null }) },
        combine: () => undefined,
        list: { filters: [], orderBy: 'book_uuid' },
      }),
    ],
  });
  expect(contextProblems(context)).toEqual([
    "the command AddBook has no field 'bok_uuid', which aggregate Book takes its id from; did you mean 'book_uuid'?",
    "projection books folds 'Bok', which is no aggregate of the context; did you mean 'Book'?",
    "process manager Remind reacts to 'BookAded', which is no event of the context; did you mean 'BookAdded'?",
    "event handler Tell reacts to 'Nothing', which is no event of the context; there are BookAdded",
  ]);
});
