import {
  type Clock,
  type EventStore,
  isEvent,
  type Log,
  type NewEvent,
  parseStreamId,
  type RecordedEvent,
  RevisionConflict,
  type SubscriptionOptions,
  silent,
  systemClock,
  Watchers,
} from '@daybook/core';
import { InMemoryGroup } from './group.ts';
import { InMemoryConsumer } from './group-consumer.ts';

/** An event store in this process's memory, for tests of what is built on the port. */
export class InMemoryEventStore implements EventStore {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #feeds = new Map<string, RecordedEvent[]>();
  readonly #streams = new Map<string, RecordedEvent[]>();
  /** By context, then by group. */
  readonly #groups = new Map<string, Map<string, InMemoryGroup>>();
  readonly #consumers = new Set<InMemoryConsumer>();
  /** By context. */
  readonly #watchers = new Watchers();

  constructor({ clock = systemClock, log = silent }: { clock?: Clock; log?: Log } = {}) {
    this.#clock = clock;
    this.#log = log;
  }

  async append(...[streamId, expectedRevision, events, last]: Parameters<EventStore['append']>) {
    const stream = this.#streams.get(streamId) ?? [];
    const expected = expectedRevision === 'no-stream' ? -1 : expectedRevision;
    const actual = stream.length - 1;
    if (events.length === 0) return { revision: expected };
    if (last !== undefined && actual === expected && !isEvent(stream.at(-1), last)) {
      throw new RevisionConflict(streamId, expectedRevision, actual);
    }
    if (actual !== expected) {
      const same = events.every(({ id }, index) => stream[expected + 1 + index]?.id === id);
      if (!same) throw new RevisionConflict(streamId, expectedRevision, actual);
      return { revision: expected + events.length };
    }
    const feed = this.#feed(parseStreamId(streamId).context);
    const recorded = events.map((event, index): RecordedEvent => {
      const place = { streamId, revision: stream.length + index, position: feed.length + 1 + index };
      return { ...structuredClone(event), ...place };
    });
    this.#streams.set(streamId, [...stream, ...recorded]);
    feed.push(...recorded);
    for (const group of this.#groups.get(parseStreamId(streamId).context)?.values() ?? []) group.add(recorded);
    this.#watchers.tell(parseStreamId(streamId).context);
    return { revision: expected + events.length };
  }

  /** As if it were put back to an earlier point: what was appended to the context since is gone. Not for what groups have. */
  goBackTo(context: string, position: number): void {
    this.#feed(context).splice(position);
    for (const [streamId, events] of this.#streams) {
      if (parseStreamId(streamId).context !== context) continue;
      const kept = events.filter((event) => event.position <= position);
      if (kept.length > 0) this.#streams.set(streamId, kept);
      else this.#streams.delete(streamId);
    }
  }

  async startStream(streamId: string, events: readonly NewEvent[]) {
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) throw new RevisionConflict(streamId, 'no-stream', stream.length - 1);
    return this.append(streamId, 'no-stream', events);
  }

  async read(streamId: string, fromRevision: number, limit: number) {
    return (this.#streams.get(streamId) ?? []).slice(fromRevision, fromRevision + limit);
  }

  async readBackwards(streamId: string, fromRevision: number | 'end', limit: number) {
    const stream = this.#streams.get(streamId) ?? [];
    return stream
      .slice(0, fromRevision === 'end' ? stream.length : fromRevision + 1)
      .reverse()
      .slice(0, limit);
  }

  async readFeed(context: string, afterPosition: number, limit: number) {
    return this.#feed(context).slice(afterPosition, afterPosition + limit);
  }

  watchFeed(context: string, onAppend: () => void) {
    return this.#watchers.add(context, onAppend);
  }

  async subscribe(options: SubscriptionOptions): Promise<InMemoryConsumer> {
    const groups = this.#groups.get(options.context) ?? new Map<string, InMemoryGroup>();
    const group = groups.get(options.group) ?? new InMemoryGroup(this.#feed(options.context));
    groups.set(options.group, group);
    this.#groups.set(options.context, groups);
    const consumer = new InMemoryConsumer(group, options, this.#clock, this.#log);
    this.#consumers.add(consumer);
    return consumer;
  }

  /** What is in one process's memory is gone with it, and never put back. */
  async proveMarks() {
    return [];
  }

  async groupStatus(group: string, context: string) {
    return this.#group(group, context)?.status ?? { lag: this.#feed(context).length, parked: 0, held: 0 };
  }

  async listParkedGroups(context: string) {
    const groups = [...(this.#groups.get(context) ?? [])];
    return groups.flatMap(([name, { blocked }]) => (blocked.size > 0 ? [name] : [])).sort();
  }

  async groupProgress(group: string, context: string) {
    const head = this.#feed(context).length;
    return this.#group(group, context)?.progress(head) ?? { done: 0, head, aside: 0 };
  }

  async dropGroup(group: string, context: string) {
    this.#groups.get(context)?.delete(group);
  }

  async listParked(group: string, context: string) {
    return this.#group(group, context)?.parked ?? [];
  }

  async replayParked(group: string, context: string, position?: number) {
    return this.#group(group, context)?.replay(position) ?? 0;
  }

  async discardParked(group: string, context: string, position: number) {
    return this.#group(group, context)?.discard(position) ?? false;
  }

  async ping() {}

  async close() {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
  }

  #feed(context: string): RecordedEvent[] {
    const feed = this.#feeds.get(context) ?? [];
    this.#feeds.set(context, feed);
    return feed;
  }

  #group(group: string, context: string): InMemoryGroup | undefined {
    return this.#groups.get(context)?.get(group);
  }
}
