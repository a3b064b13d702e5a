import { LRUCache } from 'lru-cache';
import type { Aggregate } from './aggregate.ts';
import { isCommandRejected, type RecordedEvent } from './event.ts';
import { type Outcomes, recordOutcome } from './outcomes.ts';
import type { EventStore } from './ports/event-store.ts';

/** An aggregate in memory: its state at a revision, and the commands it has answered. */
export interface LiveAggregate {
  state: unknown;
  /** -1 before the first event. */
  revision: number;
  readonly outcomes: Outcomes;
}

/** Events read at once while loading. */
const PAGE = 1000;

/** Aggregates in memory. They may be behind the store: the expected revision of an append tells. */
export class AggregateCache {
  readonly #store: EventStore;
  readonly #live: LRUCache<string, LiveAggregate>;

  /** @param max aggregates kept; @param idleMs milliseconds after which an unused one is forgotten */
  constructor(store: EventStore, { max = 10_000, idleMs = 600_000 }: { max?: number; idleMs?: number } = {}) {
    this.#store = store;
    this.#live = new LRUCache({ max, ttl: idleMs, updateAgeOnGet: true });
  }

  /** From memory when it is there, else from its stream. @throws Unavailable */
  async get(aggregate: Aggregate, streamId: string): Promise<LiveAggregate> {
    const known = this.#live.get(streamId);
    if (known !== undefined) return known;
    const loaded: LiveAggregate = { state: aggregate.decider.initial, revision: -1, outcomes: new Map() };
    await this.catchUp(aggregate, streamId, loaded);
    this.#live.set(streamId, loaded);
    return loaded;
  }

  /** Reads and applies what the stream has beyond the aggregate's revision. @throws Unavailable */
  async catchUp(aggregate: Aggregate, streamId: string, live: LiveAggregate): Promise<void> {
    for (;;) {
      const events = await this.#store.read(streamId, live.revision + 1, PAGE);
      for (const event of events) this.apply(aggregate, live, event);
      if (events.length < PAGE) return;
    }
  }

  /** Applies the stream's next event. */
  apply(aggregate: Aggregate, live: LiveAggregate, event: RecordedEvent): void {
    if (event.revision !== live.revision + 1) {
      throw new Error(`${event.streamId}: revision ${event.revision} after ${live.revision}`);
    }
    if (!isCommandRejected(event)) live.state = aggregate.decider.evolve(live.state, event);
    recordOutcome(live.outcomes, event);
    live.revision = event.revision;
  }

  /** After a failure whose extent is unknown: the next `get` reads the stream. */
  forget(streamId: string): void {
    this.#live.delete(streamId);
  }
}
