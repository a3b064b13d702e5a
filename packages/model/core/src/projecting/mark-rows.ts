import type { Projection } from '../modelling/projection.ts';
import type { MarkKeeper } from '../ports/marks.ts';
import type { ReadStore } from '../ports/read-store.ts';
import type { EntityCache } from './entity-cache.ts';

/**
 * The marks of a projection's rows, for the group that keeps them.
 * @param memory what the group's consumer remembers of the rows: they are asked for when that may be of another history, and so
 * it is forgotten then
 */
export function marksOfRows(
  rows: Pick<ReadStore, 'loadMarks' | 'save'>,
  projection: Projection,
  memory?: EntityCache,
): MarkKeeper {
  return {
    load() {
      memory?.clear();
      return rows.loadMarks(projection);
    },
    async store(marks) {
      await rows.save(projection, [], marks);
    },
  };
}
