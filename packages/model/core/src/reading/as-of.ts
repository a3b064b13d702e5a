import { hasPosition, type RecordedEvent } from '../messages/event.ts';
import { MalformedMessage } from '../messages/fault.ts';
import { parseStreamId, streamIdOf } from '../messages/stream-id.ts';
import type { Row } from '../modelling/projection.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Revisions } from '../ports/read-store.ts';
import { foldEvent, folded, unfolded } from '../projecting/fold-entity.ts';
import { type ProjectedEntity, wholeHistory } from './history.ts';

/** A moment of an entity's history. */
export type AsOf =
  /** After the event at this position of the feed. */
  | { readonly position: number }
  /** After the entity's last event with `recorded_at` at or before this time; RFC 3339, UTC, with milliseconds. */
  | { readonly time: string };

/** An entity as it was. */
export interface EntityAsOf {
  /** One at most where the projection has one row for an entity. */
  readonly rows: readonly Row[];
  /** What counts of each stream. */
  readonly revisions: Revisions;
  /** The last event that counts; undefined when none does. */
  readonly last: RecordedEvent | undefined;
  /** Whether the entity has any event at all, by now. */
  readonly known: boolean;
}

/**
 * Folds an entity's streams up to a moment, by the projection's own fold. What counts is always the start of the
 * history: where clocks disagree, an event that says it is later counts if it comes before one that is not.
 * @param now RFC 3339, UTC
 * @throws MalformedMessage `as_of_in_the_future`; `as_of_position_unknown` where the store tells no positions; Unavailable
 */
export async function entityAsOf(
  store: EventStore,
  entity: ProjectedEntity,
  asOf: AsOf,
  now: string,
): Promise<EntityAsOf> {
  await refuseTheFuture(store, entity.context, asOf, now);
  const cut = await cutAt(store, entity, asOf);
  return { ...cut, rows: await foldUpTo(store, entity, cut.revisions) };
}

async function refuseTheFuture(store: EventStore, context: string, asOf: AsOf, now: string): Promise<void> {
  if ('time' in asOf) {
    if (asOf.time > now)
      throw new MalformedMessage('as_of_in_the_future', `${asOf.time} is still to come: it is ${now}`);
    return;
  }
  if (asOf.position === 0) return;
  const [reached] = await store.readFeed(context, asOf.position - 1, 1);
  if (reached === undefined) {
    throw new MalformedMessage('as_of_in_the_future', `${context} has not come to position ${asOf.position} yet`);
  }
}

type Cut = Omit<EntityAsOf, 'rows'>;

/** Two walks, first to the cut and then to fold, keep memory flat: only the end of the history tells what counts by time. */
async function cutAt(store: EventStore, entity: ProjectedEntity, asOf: AsOf): Promise<Cut> {
  const seen: Record<string, number> = {};
  let cut: Cut = { revisions: {}, last: undefined, known: false };
  for await (const event of wholeHistory(store, entity)) {
    seen[parseStreamId(event.streamId).aggregate] = event.revision;
    const counts = 'time' in asOf ? event.metadata.recorded_at <= asOf.time : positionOf(event) <= asOf.position;
    if (counts) cut = { revisions: { ...seen }, last: event, known: true };
    else cut = { ...cut, known: true };
    if (!counts && 'position' in asOf) break;
  }
  return cut;
}

function positionOf(event: RecordedEvent): number {
  if (hasPosition(event)) return event.position;
  throw new MalformedMessage(
    'as_of_position_unknown',
    'this event store does not tell the positions of one entity; ask as of a time',
  );
}

/** Events read at once. */
const PAGE = 1000;

async function foldUpTo(
  store: EventStore,
  { context, projection, entityId }: ProjectedEntity,
  revisions: Revisions,
): Promise<readonly Row[]> {
  const folding = unfolded({ entityId, version: 0, parts: {} });
  for (const [aggregate, last] of Object.entries(revisions)) {
    const streamId = streamIdOf(context, aggregate, entityId);
    for (let from = 0; from <= last; from += PAGE) {
      const events = await store.read(streamId, from, Math.min(PAGE, last + 1 - from));
      for (const event of events) foldEvent(projection, folding, event);
    }
  }
  return folded(projection, folding).put;
}
