import {
  type Appended,
  type EventIdentity,
  type ExpectedRevision,
  isEvent,
  type NewEvent,
  parseStreamId,
  type RecordedEvent,
  RevisionConflict,
} from '@daybook/core';
import type { Guard } from './guards.ts';

/** What the event store's server keeps: every stream, and all of them in one order. */
export class EventLog {
  readonly feed: RecordedEvent[] = [];
  readonly streams = new Map<string, RecordedEvent[]>();
  /** Streams of aggregates' snapshots: no subscription sees them. */
  readonly snapshots = new Map<string, RecordedEvent[]>();
  /** Told of each append that changed something. */
  onAppend: (events: readonly RecordedEvent[]) => void = () => {};
  readonly #without: Guard | undefined;

  constructor(without: Guard | undefined) {
    this.#without = without;
  }

  /** As the port says: all or nothing, at the expected revision, and the same events again change nothing. */
  append(
    streamId: string,
    expectedRevision: ExpectedRevision,
    events: readonly NewEvent[],
    last?: EventIdentity,
  ): Appended {
    const isSnapshot = streamId.startsWith('snapshots_');
    const streams = isSnapshot ? this.snapshots : this.streams;
    const stream = streams.get(streamId) ?? [];
    const expected = expectedRevision === 'no-stream' ? -1 : expectedRevision;
    const actual = stream.length - 1;
    const differs = last !== undefined && actual === expected && !isEvent(stream.at(-1), last);
    if (differs) throw new RevisionConflict(streamId, expectedRevision, actual);
    if (actual !== expected && this.#without !== 'expected revision') {
      const same = events.every(({ id }, index) => stream[expected + 1 + index]?.id === id);
      if (!same) throw new RevisionConflict(streamId, expectedRevision, actual);
      return { revision: expected + events.length };
    }
    parseStreamId(streamId);
    const recorded = events.map((event, index): RecordedEvent => {
      return { ...event, streamId, revision: actual + 1 + index, position: this.feed.length + 1 + index };
    });
    streams.set(streamId, [...stream, ...recorded]);
    if (isSnapshot) return { revision: actual + events.length };
    this.feed.push(...recorded);
    this.onAppend(recorded);
    return { revision: actual + events.length };
  }

  /** As the port says: where there is a stream, whatever it holds, it is a conflict. */
  startStream(streamId: string, events: readonly NewEvent[]): Appended {
    const actual = (this.streams.get(streamId)?.length ?? 0) - 1;
    if (actual >= 0 && this.#without !== 'expected revision') {
      throw new RevisionConflict(streamId, 'no-stream', actual);
    }
    return this.append(streamId, 'no-stream', events);
  }

  read(streamId: string, fromRevision: number, limit: number): readonly RecordedEvent[] {
    return (this.streams.get(streamId) ?? this.snapshots.get(streamId) ?? []).slice(fromRevision, fromRevision + limit);
  }

  get head(): number {
    return this.feed.length;
  }
}
