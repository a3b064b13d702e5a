import { z } from 'zod';
import type { EventMetadata } from '../messages/event.ts';
import { eventIdOf, followUpIdOf } from '../messages/ids.ts';
import { command, event } from '../messages/message.ts';
import { parseStreamId, streamIdOf } from '../messages/stream-id.ts';
import { aggregate } from './aggregate.ts';
import { boundedContext } from './bounded-context.ts';

test('a stream name and its parts; the id may have dashes', () => {
  const id = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
  expect(parseStreamId(streamIdOf('loans', 'LoanRequest', id))).toEqual({
    context: 'loans',
    aggregate: 'LoanRequest',
    entityId: id,
  });
  for (const bad of ['', 'loans', 'loans-LoanRequest', 'loans-LoanRequest-', '-A-1', 'a--1'])
    expect(() => parseStreamId(bad)).toThrow('invalid stream name');
});

test('derived ids never change: what is stored carries them', () => {
  expect(eventIdOf('command-1', 0)).toBe('5372524f-2dc9-59ed-ae2f-2a8037a4024e');
  expect(followUpIdOf({ id: 'event-1', metadata: {} as EventMetadata }, 'ReviewLoanRequest', 0)).toBe(
    '16aaec4a-2454-5286-b65b-cecf4117dd6b',
  );
});

const one = (name: string, type = 'Do') =>
  aggregate({
    name,
    commands: z.discriminatedUnion('type', [command(type, { id: z.string() })]),
    events: z.discriminatedUnion('type', [event('Done', { id: z.string() })]),
    id: 'id',
    decider: { initial: null, decide: () => [{ type: 'Done' as const, data: { id: '' } }], evolve: () => null },
  });

test('a context with names that would break stream names, or with a command in two places, is refused', () => {
  expect(() => boundedContext({ name: 'a-b', aggregates: [] })).toThrow("'a-b'");
  expect(() => boundedContext({ name: 'a', aggregates: [one('B-C')] })).toThrow("'B-C'");
  expect(() => boundedContext({ name: 'a', aggregates: [one('B'), one('C')] })).toThrow('Do belongs to two aggregates');
  expect(() => boundedContext({ name: 'a', aggregates: [one('B', 'Do.It')] })).toThrow("'Do.It'");
});
