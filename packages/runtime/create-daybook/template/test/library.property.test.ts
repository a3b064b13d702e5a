import { isRejection } from '@daybook/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { book, type BookEvent } from '../src/library/book.ts';

const book_uuid = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const commands = fc.array(
  fc.record({
    type: fc.constantFrom('CreateBook' as const, 'RenameBook' as const),
    data: fc.record({ book_uuid: fc.constant(book_uuid), name: fc.constantFrom('Emma', 'Persuasion', 'Sanditon') }),
  }),
);
const metadata = { commandId: '1', correlationId: '1', causationId: '1', actor: undefined, traceparent: undefined, at: '' };

test('whatever is asked in whatever order, a book is created once and never renamed to the name it has', () => {
  fc.assert(
    fc.property(commands, (asked) => {
      const events: BookEvent[] = [];
      let state = book.decider.initial;
      for (const command of asked) {
        const decided = book.decider.decide(command, state, metadata);
        if (isRejection(decided)) continue;
        events.push(...decided);
        state = decided.reduce((before, event) => book.decider.evolve(before, event), state);
      }
      expect(events.filter(({ type }) => type === 'BookCreated').length).toBeLessThanOrEqual(1);
      const names = events.map(({ data }) => data.name);
      expect(names.some((name, index) => index > 0 && name === names[index - 1])).toBe(false);
    }),
  );
});
