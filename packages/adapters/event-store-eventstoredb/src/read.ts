import type { EventStore, RecordedEvent } from '@daybook/core';
import type { ResolvedEvent } from 'node-eventstore-client';
import type { Link } from './link.ts';
import { feedEventOf, numberOf, recordedOf } from './recorded.ts';

/** The server gives 4,096 events at most, and no answer above 64 MB: 128 KB for each of these. */
const PAGE = 500;

/** One page of a stream. */
export interface Slice {
  readonly events: readonly ResolvedEvent[];
  readonly next: number;
  readonly atEnd: boolean;
  /** The stream's last revision, -1 when it has none. */
  readonly last: number;
}

const NOTHING: Slice = { events: [], next: 0, atEnd: true, last: -1 };

/** @param from a revision, for backwards also -1: the end. @throws Unavailable, TypeError when the stream's name is no string */
export async function readSlice(
  link: Link,
  direction: 'forward' | 'backward',
  streamId: string,
  { from, count, resolve = false, until }: { from: number; count: number; resolve?: boolean; until?: number },
): Promise<Slice> {
  checkName(streamId);
  const size = Math.min(count, PAGE);
  const slice = await link.call(
    `reading ${streamId}`,
    ({ client, user }) =>
      direction === 'forward'
        ? client.readStreamEventsForward(streamId, from, size, resolve, user)
        : client.readStreamEventsBackward(streamId, from, size, resolve, user),
    until,
  );
  if (slice.status !== 'success') return NOTHING;
  return {
    events: slice.events,
    next: numberOf(slice.nextEventNumber),
    atEnd: slice.isEndOfStream,
    last: numberOf(slice.lastEventNumber),
  };
}

/** A call on a stream whose name is not a string never settles. */
export function checkName(streamId: string): void {
  if (typeof streamId !== 'string' || streamId === '') throw new TypeError('the name of a stream is a string');
}

/** Reads pages until there are enough. @param pick undefined: the event does not count */
async function readPages(
  link: Link,
  direction: 'forward' | 'backward',
  streamId: string,
  { from, limit, resolve }: { from: number; limit: number; resolve: boolean },
  pick: (event: ResolvedEvent) => RecordedEvent | undefined,
): Promise<RecordedEvent[]> {
  const until = link.deadline();
  const found: RecordedEvent[] = [];
  for (let next = from; found.length < limit; ) {
    const slice = await readSlice(link, direction, streamId, {
      from: next,
      count: limit - found.length,
      resolve,
      until,
    });
    for (const event of slice.events) {
      const picked = pick(event);
      if (picked !== undefined) found.push(picked);
    }
    if (slice.atEnd || slice.next === next || slice.next < 0) break;
    next = slice.next;
  }
  return found;
}

const ownEvent = ({ event }: ResolvedEvent) => (event === undefined || event === null ? undefined : recordedOf(event));

/** The reads of the port. */
export function createReads(link: Link): Pick<EventStore, 'read' | 'readBackwards' | 'readFeed'> {
  return {
    read: (streamId, fromRevision, limit) =>
      readPages(link, 'forward', streamId, { from: fromRevision, limit, resolve: false }, ownEvent),
    readBackwards: (streamId, fromRevision, limit) => {
      const from = fromRevision === 'end' ? -1 : fromRevision;
      return readPages(link, 'backward', streamId, { from, limit, resolve: false }, ownEvent);
    },
    readFeed: (context, afterPosition, limit) =>
      readPages(link, 'forward', feedOf(context), { from: afterPosition, limit, resolve: true }, feedEventOf),
  };
}

/** The stream of links to a context's events, kept by the server's `$by_category` projection. */
export function feedOf(context: string): string {
  return `$ce-${context}`;
}
