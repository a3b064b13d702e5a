import type { EventMetadata, RecordedEvent } from '@daybook/core';
import type { ResolvedEvent, RecordedEvent as StoredEvent } from 'node-eventstore-client';

/** An event read from its own stream: EventStoreDB does not say there where in the feed it is. */
const NO_POSITION = 0;

/** Versions are `Long` in the client; what we count stays far below 2^53. */
export function numberOf(long: { toNumber(): number }): number {
  return long.toNumber();
}

/** @param position the place in the feed; left out when it isn't known. @throws SyntaxError when data or metadata are no JSON */
export function recordedOf(event: StoredEvent, position: number = NO_POSITION): RecordedEvent {
  return {
    id: event.eventId,
    type: event.eventType,
    data: jsonOf(event.data) ?? {},
    metadata: (jsonOf(event.metadata) ?? {}) as EventMetadata,
    streamId: event.eventStreamId,
    revision: numberOf(event.eventNumber),
    position,
  };
}

function jsonOf(bytes: Buffer | undefined): unknown {
  return bytes === undefined || bytes.length === 0 ? undefined : JSON.parse(bytes.toString('utf8'));
}

/** Where a link stands in its category's feed, from 1: 0 is before all. */
function positionOf(resolved: ResolvedEvent): number {
  return numberOf(resolved.originalEventNumber) + 1;
}

/**
 * The event that a link of a category leads to. A deleted stream's links lead nowhere, and `$metadata` and tombstones are
 * in the category too: none of them is an event of the context, nor is what somebody wrote there that is no JSON.
 */
export function feedEventOf(resolved: ResolvedEvent): RecordedEvent | undefined {
  const { event } = resolved;
  if (event === undefined || event === null || event.eventType.startsWith('$')) return undefined;
  if (!/^[^$-][^-]*-[^-]+-./.test(event.eventStreamId)) return undefined;
  try {
    return recordedOf(event, positionOf(resolved));
  } catch {
    return undefined;
  }
}

/** A link that was not followed: the group was made, by somebody else, without link resolution. */
export function isUnresolvedLink({ event, link }: ResolvedEvent): boolean {
  return (link === undefined || link === null) && event?.eventType === '$>';
}
