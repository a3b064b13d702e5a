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
import { defineApp } from './define-app.ts';

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
    "event handler Tell reacts to 'Nothing', which is no event of the context; there are BookAdded, CommandRejected, CommandHadNoEffect",
  ]);
});

const shelf = (name: string, ...types: string[]) =>
  aggregate({
    name,
    commands: z.discriminatedUnion('type', [command(`Fill${name}`, { id: z.string() })]),
    events: z.discriminatedUnion('type', [...types.map((type) => event(type, { id: z.string() }))] as never),
    id: 'id',
    decider: { initial: null, decide: () => reject('never'), evolve: () => null },
  });

test('an event of two aggregates, or with a name that Daybook uses itself', () => {
  const aggregates = [shelf('Shelf', 'Filled', 'CommandRejected'), shelf('Box', 'Filled')];
  expect(contextProblems(boundedContext({ name: 'store', aggregates }))).toEqual([
    'the event CommandRejected of aggregate Shelf has a name that Daybook uses itself: rename it',
    "the event Filled belongs to the aggregates Shelf and Box: rename one, whoever reacts to it can't tell",
  ]);
});

test('names that tables and groups can not have', () => {
  const folds = {};
  const shown = { version: 1, row: z.object({ id: z.string() }), key: 'id', combine: () => undefined, folds } as const;
  const context = boundedContext({
    name: 'store',
    aggregates: [],
    projections: [projection({ ...shown, name: 'full-shelves', list: { filters: [], orderBy: 'id' } })],
    processManagers: [processManager({ name: 'Fill It', reactsTo: [], react: () => [] })],
    eventHandlers: [eventHandler({ name: 'Tell.All', reactsTo: [], folds, mail: () => undefined })],
  });
  expect(contextProblems(context)).toEqual([
    "the projection 'full-shelves' can't name a table: write lower case letters, digits and '_', at most 40, a letter first",
    "the process manager 'Fill It' needs another name: letters and digits, at most 100, a letter first",
    "the event handler 'Tell.All' needs another name: letters and digits, at most 100, a letter first",
  ]);
});

test('an app with such contexts is refused, with all of their problems', () => {
  const wrong = boundedContext({ name: 'store', aggregates: [shelf('Shelf', 'CommandRejected')] });
  const other = boundedContext({
    name: 'yard',
    aggregates: [],
    processManagers: [processManager({ name: 'Fill', reactsTo: ['Emptied'], react: () => [] })],
  });
  expect(() => defineApp({ contexts: [wrong, other] })).toThrow(
    /^context store: the event CommandRejected .+\ncontext yard: process manager Fill reacts to 'Emptied', which is no event/,
  );
});

test('a process manager with a state that nothing begins, or without a version', () => {
  const part = { initial: {}, correlate: () => 'a', evolve: () => ({}), react: () => [] };
  const context = boundedContext({
    name: 'store',
    aggregates: [shelf('Shelf', 'Filled')],
    processManagers: [
      processManager({ name: 'Refill', version: 1, reactsTo: ['Filled'], startedBy: ['Emptied'], ...part }),
      processManager({ name: 'Count', version: 0, reactsTo: ['Filed'], startedBy: [], ...part }),
    ],
  });
  expect(contextProblems(context)).toEqual([
    "process manager Count reacts to 'Filed', which is no event of the context; did you mean 'Filled'?",
    "process manager Refill is started by 'Emptied', which is not among its 'reactsTo': add it there",
    "process manager Count is started by nothing: name the events that begin an instance in 'startedBy'",
    "process manager Count has no whole number from 1 as its 'version': write 1",
  ]);
});
