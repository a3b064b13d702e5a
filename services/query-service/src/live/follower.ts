import {
  AsyncSignal,
  type Clock,
  type EventStore,
  groupOfProjection,
  type LiveBuilds,
  type Log,
  ownOf,
  type Projection,
  parseStreamId,
  type RecordedEvent,
  rowOf,
  Stopping,
  type StoredEntity,
  type WatchedRows,
  whileUnavailable,
} from '@daybook/core';
import { showRows } from '../shown-rows.ts';
import type { EventStream } from './event-stream.ts';
import type { FeedTail } from './feed-tail.ts';

/** Whose changes are followed. */
export interface Followed {
  readonly context: string;
  readonly projection: Projection;
  /** All of the projection when undefined. */
  readonly entityId: string | undefined;
  /** Column → value: only rows that have them. */
  readonly filters: Readonly<Record<string, string>>;
}

/** What following needs. */
export interface FollowingDependencies {
  /** Of the live builds. */
  readonly rows: WatchedRows;
  readonly liveBuilds: Pick<LiveBuilds, 'current'>;
  readonly store: EventStore;
  readonly tail: FeedTail;
  readonly clock: Clock;
  readonly log: Log;
}

/** An entity whose row must include these events before it is sent. */
interface Due {
  readonly entityId: string;
  /** Of the last of the events. */
  position: number;
  /** By aggregate. */
  readonly revisions: Map<string, number>;
}

/** Milliseconds between questions whether what a row lacks was set aside. */
const ASK_MS = 1000;

/**
 * Sends what becomes of the rows, event by event of the feed: for each, the row once it includes the event. A client that
 * has an id has had every change up to that position.
 */
export class Follower {
  readonly #followed: Followed;
  readonly #stream: EventStream;
  readonly #dependencies: FollowingDependencies;
  readonly #waker = new AsyncSignal();
  /** Entities with an event that the projection could not fold (yet), by id. */
  readonly #aside = new Map<string, Due>();
  /** The projection has finished, or set aside, every event up to here; as far as it was asked. */
  #done = 0;
  #askedAt = 0;

  constructor(followed: Followed, stream: EventStream, dependencies: FollowingDependencies) {
    this.#followed = followed;
    this.#stream = stream;
    this.#dependencies = dependencies;
  }

  /** Runs until the stream has ended. @param from the position that the client has everything up to; undefined: it begins */
  async run(from: number | undefined): Promise<void> {
    const { rows, tail } = this.#dependencies;
    const { projection, entityId } = this.#followed;
    const wake = () => {
      this.#waker.wake();
      tail.wake();
    };
    const unwatch = rows.watch(projection, entityId, wake);
    this.#stream.ended.addEventListener('abort', wake);
    try {
      let position = from ?? (await this.#begin());
      while (!this.#stream.ended.aborted) {
        const page = await this.#patiently(() => tail.after(position));
        if (page.length === 0) await this.#checkHead(position);
        await this.#sendChangedRows(page);
        position = page.at(-1)?.position ?? position;
        this.#stream.settled(position);
      }
    } catch (error) {
      if (!(error instanceof Stopping)) throw error;
    } finally {
      unwatch();
    }
  }

  /** What is done is in the rows: one row is sent as it is, a list is for the client to read. @returns where to go on */
  async #begin(): Promise<number> {
    await this.#ask();
    const { entityId, projection } = this.#followed;
    const position = this.#done;
    if (entityId === undefined) await this.#stream.send({ event: 'open', data: {}, id: position });
    else {
      const stored = await this.#patiently(() => this.#dependencies.rows.load(projection, [entityId]));
      await this.#stream.send({ ...this.#messageOf(entityId, stored.get(entityId)), id: position });
    }
    return position;
  }

  /** Sends every row that the events change, each as soon as it includes them. Entities of which one was set aside wait no longer. */
  async #sendChangedRows(page: readonly RecordedEvent[]): Promise<void> {
    const open = this.#dueOf(page);
    while (open.size > 0 && !this.#stream.ended.aborted) {
      const stored = await this.#patiently(() =>
        this.#dependencies.rows.load(this.#followed.projection, [...open.keys()]),
      );
      for (const due of inOrder(open)) {
        const { entityId } = due;
        if (includes(stored.get(entityId), due)) {
          open.delete(entityId);
          this.#aside.delete(entityId);
          await this.#send(this.#messageOf(entityId, stored.get(entityId)), due, open);
        } else if (due.position <= this.#done) {
          open.delete(entityId);
          if (!this.#aside.has(entityId)) await this.#send(this.#keyOf('aside', entityId), due, open);
          this.#aside.set(entityId, due);
        }
      }
      if (open.size === 0) return;
      await this.#waker.rest(ASK_MS);
      if (this.#dependencies.clock.now().getTime() - this.#askedAt >= ASK_MS) await this.#ask();
    }
  }

  /** The followed entities that the events are of, and those that still lack one. */
  #dueOf(page: readonly RecordedEvent[]): Map<string, Due> {
    const { projection, entityId } = this.#followed;
    const open = new Map(this.#aside);
    for (const { streamId, revision, position } of page) {
      const parts = parseStreamId(streamId);
      if (!Object.hasOwn(projection.folds, parts.aggregate)) continue;
      if (entityId !== undefined && entityId !== parts.entityId) continue;
      const due = open.get(parts.entityId) ?? { entityId: parts.entityId, position, revisions: new Map() };
      open.set(parts.entityId, due);
      due.position = position;
      due.revisions.set(parts.aggregate, revision);
    }
    return open;
  }

  /** With an id only where nothing before it is still open: a client that resumes from an id has missed nothing. */
  #send(message: { event: string; data: unknown }, { position }: Due, open: ReadonlyMap<string, Due>): Promise<void> {
    const first = Math.min(...[...open.values()].map((due) => due.position));
    return this.#stream.send({ ...message, id: position < first ? position : undefined });
  }

  #messageOf(entityId: string, stored: StoredEntity | undefined) {
    const { projection, filters } = this.#followed;
    if (projection.itemKey !== undefined) return this.#keyOf('changed', entityId);
    const row = stored && rowOf(projection, stored);
    const matches = row && Object.entries(filters).every(([column, value]) => String(ownOf(row, column)) === value);
    if (!row || !matches) return this.#keyOf('gone', entityId);
    const { clock, log } = this.#dependencies;
    const [shown] = showRows(projection, [row], clock.now(), log).items;
    return shown === undefined ? this.#keyOf('unreadable', entityId) : { event: 'row', data: shown };
  }

  #keyOf(event: string, entityId: string) {
    return { event, data: { [this.#followed.projection.key]: entityId } };
  }

  /** A client that is ahead of the feed would miss what comes next: it has to begin again. */
  async #checkHead(position: number): Promise<void> {
    const { context, projection } = this.#followed;
    const { head } = await this.#patiently(() =>
      this.#dependencies.store.groupProgress(groupOfProjection(projection), context),
    );
    if (head < position) this.#stream.end('the log went back in time: begin again');
  }

  async #ask(): Promise<void> {
    const { context, projection } = this.#followed;
    const live = this.#dependencies.liveBuilds.current(projection);
    if (live.version !== projection.version) this.#stream.end('another version of the read model answers now');
    const { done } = await this.#patiently(() =>
      this.#dependencies.store.groupProgress(groupOfProjection(live), context),
    );
    this.#done = done;
    this.#askedAt = this.#dependencies.clock.now().getTime();
  }

  #patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    const { clock, log } = this.#dependencies;
    return whileUnavailable(clock, this.#stream.ended, work, (err) =>
      log.warn({ err }, 'a dependency is unavailable; live updates are delayed'),
    );
  }
}

function inOrder(open: ReadonlyMap<string, Due>): Due[] {
  return [...open.values()].sort((one, other) => one.position - other.position);
}

function includes(stored: StoredEntity | undefined, { revisions }: Due): boolean {
  return [...revisions].every(([aggregate, revision]) => (ownOf(stored?.parts, aggregate)?.revision ?? -1) >= revision);
}
