import { LRUCache } from 'lru-cache';
import { weightOf } from '../caching/weight.ts';
import { isCommandRecord, type RecordedEvent } from '../messages/event.ts';
import { Unavailable } from '../messages/fault.ts';
import type { Aggregate } from '../modelling/aggregate.ts';
import { type EventIdentity, type EventStore, isEvent } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import { ProcessedCommands } from './processed-commands.ts';
import { isPlainJson, loadSnapshot, saveSnapshot } from './snapshots.ts';

/** An aggregate in memory: its state at a revision, and the commands it has answered. */
export interface LiveAggregate {
  state: unknown;
  /** -1 before the first event. */
  revision: number;
  /** The event at the revision. */
  last: EventIdentity | undefined;
  answered: ProcessedCommands;
  /** Up to which revision a snapshot was taken, or tried. */
  snapshotAt: number;
  /** Whether the stream may have more events than were applied. */
  behind: boolean;
  /** About how much memory its state took when it was weighed last, bytes, and its events since then. */
  weight: number;
  appliedSince: number;
}

/** How many aggregates are kept, and how they are loaded. */
export interface AggregateCacheOptions {
  /** Aggregates kept in memory. */
  readonly max?: number;
  /** About how much memory all of them may take, bytes; a larger one is loaded each time. */
  readonly maxBytes?: number;
  /** Milliseconds after which an unused one is forgotten. */
  readonly idleMs?: number;
  /** Events after which a snapshot is taken; 0: never. */
  readonly snapshotEvery?: number;
}

/** Events read at once while loading. */
const PAGE = 200;
/** Of memory for aggregates. */
const MAX_BYTES = 128 * 1024 * 1024;
/** An aggregate is weighed again when events of so many bytes were applied, or of as many as it weighs. */
const WEIGHED_AGAIN = 16 * 1024;
/** Events read before a snapshot is looked for: most streams are shorter, and have none. */
const FIRST_PAGE = 100;

/** Aggregates in memory. They may be behind the store: the expected revision of an append tells. */
export class AggregateCache {
  readonly #store: EventStore;
  readonly #log: Log;
  readonly #live: LRUCache<string, LiveAggregate>;
  readonly #snapshotEvery: number;

  constructor(
    store: EventStore,
    log: Log,
    { max = 10_000, maxBytes = MAX_BYTES, idleMs = 600_000, snapshotEvery = 500 }: AggregateCacheOptions = {},
  ) {
    this.#store = store;
    this.#log = log;
    this.#live = new LRUCache({
      max,
      maxSize: maxBytes,
      sizeCalculation: ({ weight }) => weight,
      ttl: idleMs,
      updateAgeOnGet: true,
    });
    this.#snapshotEvery = snapshotEvery;
  }

  /** From memory when it is there, else from its last snapshot and what came after. @throws Unavailable */
  async get(aggregate: Aggregate, streamId: string): Promise<LiveAggregate> {
    const known = this.#live.get(streamId);
    if (known !== undefined && (!known.behind || (await this.#continues(streamId, known)))) {
      if (known.behind) await this.#catchUp(aggregate, streamId, known);
      return known;
    }
    this.#live.delete(streamId);
    const loaded = await this.#load(aggregate, streamId);
    this.#live.set(streamId, loaded);
    return loaded;
  }

  /** Whether it is in memory. */
  has(streamId: string): boolean {
    return this.#live.has(streamId);
  }

  /** An aggregate whose stream is just being started: keeps it, without having looked for one. */
  start(aggregate: Aggregate, streamId: string): LiveAggregate {
    const live = newborn(aggregate);
    this.#live.set(streamId, live);
    return live;
  }

  /** Applies the stream's next event. */
  apply(aggregate: Aggregate, live: LiveAggregate, event: RecordedEvent): void {
    if (event.revision !== live.revision + 1) {
      throw new Error(`${event.streamId}: revision ${event.revision} after ${live.revision}`);
    }
    if (!isCommandRecord(event)) live.state = aggregate.decider.evolve(live.state, event);
    live.answered.add(event);
    live.revision = event.revision;
    live.last = { id: event.id, recordedAt: event.metadata.recorded_at };
    this.#weigh(live, event);
  }

  /** A state holds no more than its events said, mostly less: it is weighed itself only now and then. */
  #weigh(live: LiveAggregate, { streamId, data }: RecordedEvent): void {
    live.appliedSince += weightOf(data);
    if (live.appliedSince < live.weight + WEIGHED_AGAIN) return;
    live.weight = weightOf(live.state);
    live.appliedSince = 0;
    // Set again as it is, it would count as before.
    if (this.#live.peek(streamId) === live && this.#live.delete(streamId)) this.#live.set(streamId, live);
  }

  /** After an append of somebody else, or one that may have been stored: the next `get` reads on. */
  fellBehind(streamId: string): void {
    const known = this.#live.get(streamId);
    if (known !== undefined) known.behind = true;
  }

  /** What is in memory may be of another history than the log: the next `get` of each loads it again. */
  clear(): void {
    this.#live.clear();
  }

  /** After a failure whose extent is unknown: the next `get` loads it again. */
  forget(streamId: string): void {
    this.#live.delete(streamId);
  }

  /**
   * Takes a snapshot when it is time for one. Nobody waits for it, and it fails nothing: without it loading reads more.
   * @param last the last event applied, stored
   */
  snapshotIfDue(aggregate: Aggregate, live: LiveAggregate, last: RecordedEvent): void {
    if (this.#snapshotEvery === 0 || live.revision - live.snapshotAt < this.#snapshotEvery) return;
    live.snapshotAt = live.revision;
    live.answered.condense();
    const fields = { stream: last.streamId, revision: last.revision };
    if (!isPlainJson(live.state)) {
      this.#log.warn(fields, 'no snapshot: the state is not plain JSON');
      return;
    }
    saveSnapshot(this.#store, aggregate, structuredClone(live.state), last, live.answered).then(
      () => this.#log.debug(fields, 'snapshot taken'),
      (err: unknown) => this.#log.warn({ ...fields, err }, 'snapshot not taken'),
    );
  }

  async #load(aggregate: Aggregate, streamId: string): Promise<LiveAggregate> {
    const live = newborn(aggregate);
    const first = Math.min(FIRST_PAGE, this.#snapshotEvery || FIRST_PAGE);
    if (await this.#readOn(aggregate, streamId, live, first)) {
      const snapshot = this.#snapshotEvery === 0 ? undefined : await this.#snapshot(aggregate, streamId);
      if (snapshot !== undefined && snapshot.revision > live.revision) {
        Object.assign(live, snapshot, { snapshotAt: snapshot.revision });
      }
      await this.#catchUp(aggregate, streamId, live);
    }
    live.weight = weightOf(live.state);
    return live;
  }

  /** Whether the stream still has the last event applied: it has not where the log went back in time. */
  async #continues(streamId: string, { revision, last }: LiveAggregate): Promise<boolean> {
    if (last === undefined) return true;
    const [stored] = await this.#store.read(streamId, revision, 1);
    if (isEvent(stored, last)) return true;
    this.#log.warn(
      { stream: streamId, revision },
      'the log has another history than the aggregate in memory; it is loaded again',
    );
    return false;
  }

  async #catchUp(aggregate: Aggregate, streamId: string, live: LiveAggregate): Promise<void> {
    while (await this.#readOn(aggregate, streamId, live, PAGE));
    live.behind = false;
  }

  /** @returns whether there may be more */
  async #readOn(aggregate: Aggregate, streamId: string, live: LiveAggregate, limit: number): Promise<boolean> {
    const events = await this.#store.read(streamId, live.revision + 1, limit);
    for (const event of events) this.apply(aggregate, live, event);
    return events.length === limit;
  }

  async #snapshot(aggregate: Aggregate, streamId: string) {
    try {
      return await loadSnapshot(this.#store, aggregate, streamId);
    } catch (err) {
      if (err instanceof Unavailable) throw err;
      this.#log.warn({ stream: streamId, err }, 'snapshot can not be used, the whole stream is read');
      return undefined;
    }
  }
}

/** Before its first event. */
function newborn({ decider }: Aggregate): LiveAggregate {
  return {
    state: decider.initial,
    revision: -1,
    last: undefined,
    answered: new ProcessedCommands(),
    snapshotAt: -1,
    behind: false,
    weight: 1,
    appliedSince: 0,
  };
}
