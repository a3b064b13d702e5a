import fc from 'fast-check';
import { z } from 'zod';
import { MalformedMessage } from '../messages/fault.ts';
import { command, event } from '../messages/message.ts';
import { aggregate } from '../modelling/aggregate.ts';
import { boundedContext } from '../modelling/bounded-context.ts';
import { parseData } from './parse-command.ts';

const context = boundedContext({
  name: 'notes',
  aggregates: [
    aggregate({
      name: 'Note',
      commands: z.discriminatedUnion('type', [command('Note', { id: z.string(), what: z.unknown() })]),
      events: z.discriminatedUnion('type', [event('Noted', { id: z.string() })]),
      id: 'id',
      decider: { initial: null, decide: () => [{ type: 'Noted' as const, data: { id: '' } }], evolve: () => null },
    }),
  ],
});

/** What is wrong with the data of a note. */
function refusedOf(data: unknown): MalformedMessage | undefined {
  try {
    parseData(context, 'Note', data);
    return undefined;
  } catch (error) {
    if (error instanceof MalformedMessage) return error;
    throw error;
  }
}

test.each([
  ['', '0 bytes'],
  ['ü'.repeat(513), '1026 bytes'],
])('the id %j can not name a stream', (id, reason) => {
  expect(refusedOf({ id, what: 1 })?.message).toContain(reason);
});

test('an id of 1,024 bytes can', () => expect(refusedOf({ id: 'ü'.repeat(512), what: 1 })).toBeUndefined());

test.each([
  ['nests deeper', '['.repeat(500_000) + ']'.repeat(500_000)],
  ['is Infinity', '1e999'],
  ['is no name', '{"__proto__": 1}'],
])('%s: refused, whatever the schema says', (reason, what) => {
  expect(refusedOf(JSON.parse(`{"id":"a","what":${what}}`))?.message).toContain(reason);
});

test('junk is answered with little', () => {
  const junk = { id: 'a', what: Array.from({ length: 100_000 }, () => '\0'), ['x'.repeat(100_000)]: 1 };
  const error = refusedOf(junk);
  expect(error?.issues).toHaveLength(20);
  expect(error?.message).toContain('and 99980 more');
  expect(refusedOf({ id: 'a', what: 1, ['😀'.repeat(100_000)]: 1 })?.message.length).toBeLessThan(400);
});

test('whatever JSON there is: it is taken as it is, or refused with a reason', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary', maxDepth: 5 }), fc.string({ unit: 'binary' }), (what, id) => {
      const data = { id, what: JSON.parse(what) as unknown };
      if (refusedOf(data) === undefined) expect(parseData(context, 'Note', data).command.data).toEqual(data);
    }),
    { numRuns: 500 },
  );
});
