import { guidToBytes } from '../protocol/guid.ts';
import { encode } from '../protocol/messages.ts';
import { type StoredEvent, TOMBSTONE_NUMBER } from '../store/stored-event.ts';
import type { Resolved } from './links.ts';

/** 2^63 - 1 in the two halves that the encoder takes. */
const LARGEST_INT64 = { low: -1, high: 0x7fffffff, unsigned: false };
const TICKS_PER_MS = 10_000;
/** .NET's ticks at 1970-01-01. */
const EPOCH_TICKS_MS = 62_135_596_800_000;

/** An event's number as the encoder takes it. */
export function wireNumber(number: number): number | typeof LARGEST_INT64 {
  return number === TOMBSTONE_NUMBER ? LARGEST_INT64 : number;
}

/** An event as an EventRecord. */
function toRecord(event: StoredEvent): object {
  return {
    eventStreamId: event.stream,
    eventNumber: wireNumber(event.number),
    eventId: guidToBytes(event.id),
    eventType: event.type,
    dataContentType: event.contentType,
    metadataContentType: event.contentType,
    data: event.data,
    metadata: event.metadata,
    created: (event.createdMs + EPOCH_TICKS_MS) * TICKS_PER_MS,
    createdEpoch: event.createdMs,
  };
}

/** An event and its link as a ResolvedIndexedEvent: what is absent is left out, and the client sees null. */
export function toResolvedIndexed({ event, link }: Resolved): object {
  return { ...(event ? { event: toRecord(event) } : {}), ...(link ? { link: toRecord(link) } : {}) };
}

/** A StreamEventAppeared message. */
export function eventAppeared(resolved: Resolved, position: number): Buffer {
  return encode('StreamEventAppeared', {
    event: { ...toResolvedIndexed(resolved), commitPosition: position, preparePosition: position },
  });
}
