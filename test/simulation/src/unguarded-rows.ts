import { parseStreamId, type ReadStore, type RecordedEvent, type StoredEntity, type StoredPart } from '@daybook/core';
import type { Guard } from './guards.ts';

/** Which revision an entity claims to have of a stream, by the one it has and those that the batch brings. */
const CLAIMS: Partial<Record<Guard, (stored: number, brought: readonly number[]) => number>> = {
  // Whatever comes again is folded again.
  'projection revision guard': (stored, brought) => Math.min(stored, ...brought.map((revision) => revision - 1)),
  // Whatever is missing stays missing.
  'projection gap reading': (stored, [first = 0]) => Math.max(stored, first - 1),
};

/** Whether the read store says what it has; where it does not, nothing may be remembered in its place. */
export function readsAsStored(without: Guard | undefined): boolean {
  return without === undefined || CLAIMS[without] === undefined;
}

/** The read store as a projection without one of its guards would use it, for one batch of events. */
export function unguardedRows(
  rows: ReadStore,
  without: Guard | undefined,
  events: readonly RecordedEvent[],
): ReadStore {
  const claim = without && CLAIMS[without];
  if (claim === undefined) return rows;
  return {
    ...rows,
    async load(projection, entityIds) {
      const stored = await rows.load(projection, entityIds);
      const claimed = new Map<string, StoredEntity>();
      for (const entityId of entityIds) {
        const entity = stored.get(entityId) ?? { entityId, version: 0, parts: {} };
        const parts: Record<string, StoredPart> = { ...entity.parts };
        for (const [aggregate, brought] of revisionsOf(events, entityId)) {
          const before = parts[aggregate] ?? { revision: -1, part: undefined };
          parts[aggregate] = { ...before, revision: claim(before.revision, brought) };
        }
        claimed.set(entityId, { ...entity, parts });
      }
      return claimed;
    },
  };
}

/** The revisions that the batch has of each of the entity's streams, by aggregate, in the order they come. */
function revisionsOf(events: readonly RecordedEvent[], entityId: string): Map<string, number[]> {
  const revisions = new Map<string, number[]>();
  for (const { streamId, revision } of events) {
    const parts = parseStreamId(streamId);
    if (parts.entityId === entityId) {
      revisions.set(parts.aggregate, [...(revisions.get(parts.aggregate) ?? []), revision]);
    }
  }
  return revisions;
}
