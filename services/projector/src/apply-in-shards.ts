import {
  applyProjection,
  fingerprint,
  type NextMark,
  type Projection,
  type ProjectionStores,
  parseStreamId,
  type RecordedEvent,
} from '@daybook/core';

/** Below, the cost of one more write is not worth it. */
const WORTH_DIVIDING = 250;
const SHARDS = 2;

/**
 * Applies many events in two shards at once, each with entities of its own: while the database writes the rows of one, those
 * of the other are folded, and written on a connection of their own. A mark goes with the shard that has its event: partitions
 * are even in number, so that no partition has events in both.
 * @throws what the first shard that failed threw, once both are done
 */
export async function applyInShards(
  projection: Projection,
  events: readonly RecordedEvent[],
  stores: ProjectionStores,
  marks: readonly NextMark[] = [],
): Promise<void> {
  if (events.length < WORTH_DIVIDING) return applyProjection(projection, events, stores, marks);
  const shards: RecordedEvent[][] = Array.from({ length: SHARDS }, () => []);
  for (const event of events) shards[fingerprint(parseStreamId(event.streamId).entityId) % SHARDS]?.push(event);
  const done = await Promise.allSettled(
    shards.map((shard) => {
      const ids = new Set(shard.map(({ id }) => id));
      const its = marks.filter(({ eventId }) => ids.has(eventId));
      return applyProjection(projection, shard, stores, its);
    }),
  );
  for (const one of done) if (one.status === 'rejected') throw one.reason;
}
