import { z } from 'zod';
import { command, event } from '../messages/message.ts';
import { aggregate } from './aggregate.ts';
import { aggregateIdOf } from './aggregate-id.ts';
import { boundedContext } from './bounded-context.ts';

const context = boundedContext({
  name: 'things',
  aggregates: [
    aggregate({
      name: 'Thing',
      commands: z.discriminatedUnion('type', [command('Do', { uuid: z.uuid().toLowerCase(), much: z.int() })]),
      events: z.discriminatedUnion('type', [event('Done', { uuid: z.string() })]),
      id: 'uuid',
      decider: { initial: null, decide: () => [{ type: 'Done' as const, data: { uuid: '' } }], evolve: () => null },
    }),
  ],
});

test('the id has one spelling, whatever else is wrong with the command', () => {
  const uuid = '7C9E6679-7425-40DE-944B-E07FC1F90AE7';
  expect(aggregateIdOf(context, 'Do', { uuid, much: 'too much' })).toBe('7c9e6679-7425-40de-944b-e07fc1f90ae7');
});

test.each([
  ['no type', undefined, { uuid: '7c9e6679-7425-40de-944b-e07fc1f90ae7' }],
  ['an unknown type', 'Undo', { uuid: '7c9e6679-7425-40de-944b-e07fc1f90ae7' }],
  ['no data', 'Do', undefined],
  ['null', 'Do', null],
  ['a list', 'Do', []],
  ['no id', 'Do', { much: 1 }],
  ['an id that does not fit', 'Do', { uuid: 'nobody' }],
])('%s: no id', (_what, type, data) => {
  expect(aggregateIdOf(context, type, data)).toBeUndefined();
});
