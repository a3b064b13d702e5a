import {
  applyProjection,
  fingerprint,
  type Projection,
  type ProjectionStores,
  partsOf,
  type RecordedEvent,
} from '@daybook/core';

/** Below, the cost of one more write is not worth it. */
const WORTH_DIVIDING = 250;
const PARTS = 2;

/**
 * Applies many events in two parts at once, each with entities of its own: while the database writes the rows of one, those
 * of the other are folded, and written on a connection of their own.
 * @throws what the first part that failed threw, once both are done
 */
export async function applyInParts(
  projection: Projection,
  events: readonly RecordedEvent[],
  stores: ProjectionStores,
): Promise<void> {
  if (events.length < WORTH_DIVIDING) return applyProjection(projection, events, stores);
  const parts: RecordedEvent[][] = Array.from({ length: PARTS }, () => []);
  for (const event of events) parts[fingerprint(partsOf(event.streamId).entityId) % PARTS]?.push(event);
  const done = await Promise.allSettled(parts.map((part) => applyProjection(projection, part, stores)));
  for (const one of done) if (one.status === 'rejected') throw one.reason;
}
