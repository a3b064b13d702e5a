import type { NextMark, RecordedEvent } from '@daybook/core';
import { bucketOf } from './bucket.ts';
import type { HeldLease } from './held-leases.ts';

/** Where a partition stands, as far as its marks depend on it. */
export type Standing = Pick<HeldLease, 'partition' | 'cursor' | 'complete'>;

/** The partition that an event belongs to. */
export function partitionOf({ streamId }: Pick<RecordedEvent, 'streamId'>, partitions: number): number {
  return bucketOf(streamId) % partitions;
}

/**
 * The marks that handling some events leads to, one for each of their partitions. What is complete ends before the first event
 * of the page that is not among them, and before everything that was set aside.
 * @param handed in feed order
 * @param page all events after the cursors, up to where they will stand
 * @param asideFrom the position of the first event set aside in a partition, if there is one
 */
export function marksOfBatch(
  handed: readonly RecordedEvent[],
  page: readonly RecordedEvent[],
  {
    standings,
    partitions,
    asideFrom,
  }: {
    readonly standings: readonly Standing[];
    readonly partitions: number;
    readonly asideFrom: (partition: number) => number | undefined;
  },
): NextMark[] {
  const last = new Map<number, RecordedEvent>();
  for (const event of handed) last.set(partitionOf(event, partitions), event);
  const among = new Set(handed);
  const prefixEnds = new Map<number, number>();
  const ended = new Set<number>();
  for (const event of page) {
    const partition = partitionOf(event, partitions);
    if (ended.has(partition)) continue;
    if (among.has(event)) prefixEnds.set(partition, event.position);
    else ended.add(partition);
  }
  return standings.flatMap(({ partition, cursor, complete: after }) => {
    const event = last.get(partition);
    if (event === undefined) return [];
    const { position, id: eventId, metadata } = event;
    const unbroken = prefixEnds.get(partition) ?? cursor;
    const upTo = Math.min(unbroken, (asideFrom(partition) ?? Infinity) - 1, position);
    return [{ partition, position, eventId, recordedAt: metadata.recorded_at, complete: Math.max(upTo, after), after }];
  });
}
