import { type EventToStore, type StoredEvent, SystemType, TOMBSTONE_NUMBER } from './stored-event.ts';
import { limitsFrom, metastreamOf, ownerOfMetastream, type StreamLimits } from './stream-metadata.ts';

/** `soft-deleted`: reads find no stream, numbering goes on. `deleted`: for ever. */
export type StreamState = 'none' | 'live' | 'soft-deleted' | 'deleted';

/** All events, by stream, in memory. */
export interface Streams {
  state(stream: string): StreamState;
  /** The number of the last event, -1 when there is none. */
  lastNumber(stream: string): number;
  /** The first number that a read shows. */
  firstVisible(stream: string): number;
  /** An event that is still visible. */
  visible(stream: string, number: number): StoredEvent | undefined;
  /** An event whether or not a read would show it. */
  at(stream: string, number: number): StoredEvent | undefined;
  /** Adds an event to the end of its stream. */
  add(event: EventToStore, createdMs: number): StoredEvent;
  /** Every event, in the order in which they were stored. */
  readonly all: readonly StoredEvent[];
}

/** Makes an empty set of streams. */
export function createStreams(): Streams {
  const all: StoredEvent[] = [];
  const streams = new Map<string, StoredEvent[]>();
  const limits = new Map<string, StreamLimits>();
  const tombstones = new Set<string>();
  const lastNumber = (stream: string) => (streams.get(stream)?.length ?? 0) - 1;

  function state(stream: string): StreamState {
    if (tombstones.has(stream)) return 'deleted';
    if (limits.get(stream)?.deleted) return 'soft-deleted';
    return lastNumber(stream) < 0 ? 'none' : 'live';
  }

  function firstVisible(stream: string): number {
    const { truncateBefore = 0, maxCount = Number.POSITIVE_INFINITY } = limits.get(stream) ?? {};
    return Math.max(0, truncateBefore, lastNumber(stream) - maxCount + 1);
  }

  const at = (stream: string, number: number) => streams.get(stream)?.[number];

  return {
    all,
    state,
    lastNumber,
    firstVisible,
    at,
    visible: (stream, number) =>
      state(stream) === 'live' && number >= firstVisible(stream) ? at(stream, number) : undefined,
    add(event, createdMs) {
      const isTombstone = event.type === SystemType.tombstone;
      const number = isTombstone ? TOMBSTONE_NUMBER : lastNumber(event.stream) + 1;
      const stored = { ...event, number, position: all.length, createdMs };
      all.push(stored);
      if (isTombstone) {
        tombstones.add(event.stream);
        limits.delete(event.stream);
        streams.delete(event.stream);
        streams.delete(metastreamOf(event.stream));
        return stored;
      }
      const events = streams.get(event.stream);
      if (events) events.push(stored);
      else streams.set(event.stream, [stored]);
      const owner = ownerOfMetastream(event.stream);
      if (owner !== undefined) limits.set(owner, limitsFrom(event.data));
      return stored;
    },
  };
}
