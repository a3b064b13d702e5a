import type { StoredEvent } from '../store/stored-event.ts';
import type { Streams } from '../store/streams.ts';

/** A page of a stream, and where the next one starts. */
export interface Page {
  readonly events: readonly StoredEvent[];
  readonly nextNumber: number;
  readonly isEndOfStream: boolean;
}

/** A page of a live stream, from a number upwards. It can be empty and yet not the last when events were truncated. */
export function readForward(streams: Streams, stream: string, from: number, count: number): Page {
  const last = streams.lastNumber(stream);
  const first = streams.firstVisible(stream);
  const end = Math.min(from + count - 1, last);
  const isEndOfStream = from + count > last;
  if (end < first && !isEndOfStream) return { events: [], nextNumber: first, isEndOfStream };
  return {
    events: range(streams, stream, Math.max(from, first), end),
    nextNumber: isEndOfStream ? last + 1 : from + count,
    isEndOfStream,
  };
}

/** A page of a live stream, from a number downwards; -1 is the end. After the first event the next number is -1. */
export function readBackward(streams: Streams, stream: string, from: number, count: number): Page {
  const last = streams.lastNumber(stream);
  const start = from < 0 ? last : Math.min(from, last);
  const first = streams.firstVisible(stream);
  const end = start - count + 1;
  const isEndOfStream = end <= first;
  return {
    events: range(streams, stream, Math.max(end, first), start).reverse(),
    nextNumber: isEndOfStream ? -1 : end - 1,
    isEndOfStream,
  };
}

function range(streams: Streams, stream: string, from: number, to: number): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (let number = from; number <= to; number += 1) {
    const event = streams.visible(stream, number);
    if (event) events.push(event);
  }
  return events;
}
