import fc from 'fast-check';
import { z } from 'zod';
import { anyValueOf } from './any-value.ts';

const Kinds = z.object({
  text: z.string().min(1).max(20),
  code: z.string().regex(/^[A-Z]{3}-\d{2}$/),
  id: z.uuid().toLowerCase(),
  email: z.email(),
  url: z.url(),
  day: z.iso.date(),
  at: z.iso.datetime(),
  whole: z.int(),
  many: z.int().min(5000),
  few: z.number().max(-100),
  share: z.number().min(0).max(1),
  yes: z.boolean(),
  colour: z.enum(['red', 'green']),
  always: z.literal('x'),
  maybe: z.string().optional(),
  none: z.int().nullable(),
  preset: z.int().default(3),
  list: z.array(z.int()).min(1),
  pair: z.tuple([z.string(), z.boolean()]),
  place: z.object({ name: z.string(), zip: z.string().optional() }),
  counts: z.record(z.string(), z.int()),
  either: z.union([z.string(), z.int()]),
  trimmed: z.string().trim().min(1),
  nothing: z.null(),
});

test('a value of every kind that travels as JSON fits its schema', () => {
  fc.assert(
    fc.property(anyValueOf(Kinds), (value) => {
      expect(Kinds.safeParse(value)).toMatchObject({ success: true });
    }),
    { numRuns: 100 },
  );
});

test('a kind that does not travel as JSON is named', () => {
  expect(() => anyValueOf(z.date())).toThrow("a field of kind 'date' does not travel as JSON");
});
