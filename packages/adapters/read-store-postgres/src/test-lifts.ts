import { fold, itemsProjection, projection, silent } from '@daybook/core';
import { z } from 'zod';
import { createReadModels } from './index.ts';

export type Moved = { type: 'Moved'; data: { to: string; floors: number } };

const last = fold<{ to: string; floors: number; at: string } | null, Moved>({
  initial: null,
  evolve: (_before, { data, metadata }) => ({ ...data, at: metadata.recorded_at }),
});
export const Row = z.object({
  lift_id: z.string(),
  to: z.string(),
  floors: z.int(),
  fast: z.boolean(),
  note: z.string().nullable(),
  moved_at: z.iso.datetime(),
  tags: z.array(z.string()),
  share: z.number(),
});
export const lifts = projection({
  name: 'lifts',
  version: 1,
  row: Row,
  key: 'lift_id',
  folds: { Lift: last },
  combine: (lift_id, { Lift }) =>
    Lift === null || Lift.to === 'nowhere'
      ? undefined
      : {
          lift_id,
          to: Lift.to,
          floors: Lift.floors,
          fast: Lift.floors > 3,
          note: null,
          moved_at: Lift.at,
          tags: ['"a"', 'ü'],
          share: 0.1,
        },
  list: { filters: ['to'], orderBy: 'moved_at' },
  counts: { moves: { day: 'moved_at', of: { moved: 'moved_at', noted: 'note' } } },
});

/** The stops of a lift's day, by number; 'nowhere' takes the last stop off the list. */
export const stops = itemsProjection({
  name: 'lift_stops',
  version: 1,
  row: z.object({ lift_id: z.string(), number: z.int(), to: z.string(), note: z.string().nullable() }),
  key: 'lift_id',
  itemKey: 'number',
  of: { name: 'Lift', decider: { evolve: (_state: null, _event: Moved) => null } },
  initial: { last: 0 },
  evolve({ last }, { data: { to }, streamId }) {
    const lift_id = streamId.slice('house-Lift-'.length);
    if (to === 'nowhere') return { part: { last: last - 1 }, remove: [last] };
    return { part: { last: last + 1 }, put: [{ lift_id, number: last + 1, to, note: null }] };
  },
  list: { filters: ['to', 'note'], orderBy: 'to' },
});

/** Makes the tables of both read models, three times at once: nobody minds. */
export async function createLifts(url: string): Promise<void> {
  const contexts = [{ name: 'house', projections: [lifts, stops] }];
  await Promise.all([1, 2, 3].map(() => createReadModels({ url, contexts, log: silent })));
}

export const moved = (lift: string, to: string, floors = 1) =>
  [`house-Lift-${lift}`, { type: 'Moved', data: { to, floors } }] as const;
