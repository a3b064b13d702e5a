import type { RecordedEvent } from '../messages/event.ts';
import { HistoryLost } from '../messages/fault.ts';
import { ownOf } from '../messages/own-of.ts';
import { parseStreamId, streamIdOf } from '../messages/stream-id.ts';
import type { Projection } from '../modelling/projection.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Revisions } from '../ports/read-store.ts';

/** One entity as a projection sees it: the streams that it folds. */
export interface ProjectedEntity {
  readonly context: string;
  readonly projection: Projection;
  readonly entityId: string;
}

/** A part of an entity's history. */
export interface HistoryPage {
  readonly events: readonly RecordedEvent[];
  /** Where the page ends: read on after these. */
  readonly upTo: Revisions;
  readonly more: boolean;
}

/**
 * What an entity's streams hold after the given revisions, in one order: that of the feed. A store that does not tell
 * the position of a stream's event (EventStoreDB) leaves `recorded_at` to decide between streams; each stream keeps its
 * own order. The streams are read at once, so that a store which answers that from one snapshot shows one moment.
 * @throws HistoryLost for a revision that a stream does not have any more; Unavailable
 */
export async function readHistory(
  store: EventStore,
  { context, projection, entityId }: ProjectedEntity,
  { after, limit }: { after: Revisions; limit: number },
): Promise<HistoryPage> {
  const streams = await Promise.all(
    Object.keys(projection.folds).map((aggregate) =>
      readAfter(store, streamIdOf(context, aggregate, entityId), ownOf(after, aggregate), limit + 1),
    ),
  );
  const merged = inOneOrder(streams);
  const events = merged.slice(0, limit);
  const last = events.map(({ streamId, revision }) => [parseStreamId(streamId).aggregate, revision] as const);
  return { events, upTo: { ...after, ...Object.fromEntries(last) }, more: merged.length > limit };
}

/** The event before is read as well: where it is gone, what comes after it is of another history. */
async function readAfter(
  store: EventStore,
  streamId: string,
  revision: number | undefined,
  limit: number,
): Promise<readonly RecordedEvent[]> {
  if (revision === undefined) return store.read(streamId, 0, limit);
  const [before, ...events] = await store.read(streamId, revision, limit + 1);
  if (before === undefined)
    throw new HistoryLost(`${streamId} does not have revision ${revision}, where the page before ended`);
  return events;
}

/** Events read at once where all of a history is wanted. */
const PAGE = 1000;

/** An entity's whole history, page by page. @throws Unavailable */
export async function* wholeHistory(store: EventStore, entity: ProjectedEntity): AsyncGenerator<RecordedEvent> {
  let after: Revisions = {};
  for (let more = true; more; ) {
    const page = await readHistory(store, entity, { after, limit: PAGE });
    yield* page.events;
    after = page.upTo;
    more = page.more;
  }
}

/** Of the streams' next events, the first one first. */
function inOneOrder(streams: readonly (readonly RecordedEvent[])[]): RecordedEvent[] {
  const merged: RecordedEvent[] = [];
  const taken = streams.map(() => 0);
  for (;;) {
    let first: RecordedEvent | undefined;
    let of = -1;
    for (const [n, events] of streams.entries()) {
      const next = events[taken[n] as number];
      if (next === undefined || (first !== undefined && !isBefore(next, first))) continue;
      first = next;
      of = n;
    }
    if (first === undefined) return merged;
    merged.push(first);
    taken[of] = (taken[of] as number) + 1;
  }
}

function isBefore(one: RecordedEvent, other: RecordedEvent): boolean {
  if (one.position !== other.position) return one.position < other.position;
  return one.metadata.recorded_at < other.metadata.recorded_at;
}
