import { aggregate, boundedContext, command, day, event, fold, instant, money, plus, projection } from '@daybook/core';
import { z } from 'zod';

// A context of everything: each kind of value that a message and a row may have, under an id that is any text.

const said = {
  id: z.string(),
  title: z.string(),
  short: z.string().max(10).optional(),
  share: z.number(),
  small: z.int32(),
  amount: money(),
  yes: z.boolean().nullable(),
  colour: z.enum(['red', 'green']),
  at: instant(),
  on: day(),
  tags: z.array(z.string()).max(3),
  place: z.object({ name: z.string(), zip: z.string().nullable() }),
  anything: z.unknown(),
};

const Write = z.discriminatedUnion('type', [command('Write', said)]);
const Written = z.discriminatedUnion('type', [event('Written', said)]);
type Written = z.infer<typeof Written>;

const note = aggregate({
  name: 'Note',
  commands: Write,
  events: Written,
  id: 'id',
  decider: {
    initial: 0,
    decide: (one) => [{ type: 'Written' as const, data: one.data }],
    evolve: (times) => plus(times, 1),
  },
});

const { id, title, share, small, amount, yes, colour, at, on, tags, place } = said;

const notesList = projection({
  name: 'notes',
  version: 1,
  row: z.object({
    id,
    title,
    short: z.string().nullable(),
    share,
    small,
    amount,
    yes,
    colour,
    at,
    on,
    tags,
    place,
    times: z.int(),
  }),
  key: 'id',
  folds: {
    Note: fold<(Written['data'] & { times: number }) | null, Written>({
      initial: null,
      evolve: (before, { data }) => ({ ...data, times: (before?.times ?? 0) + 1 }),
    }),
  },
  combine: (key, { Note }) => {
    if (Note === null) return undefined;
    const { anything: _, short = null, ...shown } = Note;
    return { ...shown, short, id: key };
  },
  list: { filters: ['title', 'short', 'share', 'small', 'amount', 'colour', 'on'], orderBy: 'at' },
});

/** Notes of everything. */
export const notes = boundedContext({ name: 'notes', aggregates: [note], projections: [notesList] });
