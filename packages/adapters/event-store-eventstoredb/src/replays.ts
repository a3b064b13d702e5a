import { type EventStore, type EventsHandler, failed, type Log, type RetryPolicy, Stopping } from '@daybook/core';
import type { EntityAside, Item, ParkedLog } from './parked-log.ts';
import type { ParkedStream } from './parked-stream.ts';

/** What one consumer needs to handle again what its group has set aside. */
export interface ReplayOptions {
  readonly parked: ParkedStream;
  readonly store: Pick<EventStore, 'read'>;
  readonly handle: EventsHandler;
  readonly policy: RetryPolicy;
  /** Names this consumer in the group's stream. */
  readonly consumer: string;
  /** Milliseconds without a word after which a consumer is taken for dead, and what it claimed is free. */
  readonly claimMs: number;
  readonly log: Log;
}

/** Entities remembered; more are not worth the memory, and a claim only lives longer when it is forgotten. */
const MEMORY = 10_000;

interface Seen {
  readonly touched: number;
  /** By this consumer's own clock: those of others may be wrong. */
  readonly since: number;
}

/**
 * Handles what is due in the group's stream. One consumer claims an entity, by an append at the expected revision that only
 * one can make, and handles its events in order, recording each. If it dies, its claim falls silent and another takes over
 * at the first event that was not recorded: at least once, and nothing is lost.
 */
export class Replays {
  readonly #options: ReplayOptions;
  readonly #seen = new Map<string, Seen>();
  readonly #tries = new Map<number, { attempts: number; dueAt: number }>();

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  /** Handles one event that is due. @returns whether there was one. @throws Stopping, Unavailable */
  async next(): Promise<boolean> {
    const { parked } = this.#options;
    const now = Date.now();
    if (this.#seen.size > MEMORY) this.#seen.clear();
    for (const { entity, first, aside } of parked.log.due) {
      if (!this.#mayClaim(entity, aside, now)) continue;
      const resting = (this.#tries.get(first.position)?.dueAt ?? 0) > now;
      // The claim is renewed before it falls silent.
      const silentFor = now - (this.#seen.get(entity)?.since ?? now);
      if (!this.#isMine(aside) || (resting && silentFor > this.#options.claimMs / 3)) await this.#claim(entity);
      const claimed = parked.log.of(entity);
      if (resting || !this.#isMine(claimed) || claimed?.items[0]?.position !== first.position) continue;
      await this.#handle(first);
      return true;
    }
    return false;
  }

  /** Leaves what it claimed to the others, without a wait. */
  async leave(): Promise<void> {
    const { parked } = this.#options;
    const mine = (log: ParkedLog) => [...log.entities].filter((entity) => this.#isMine(log.of(entity)));
    if (mine(parked.log).length === 0) return;
    await parked.record((log) =>
      mine(log).map((entity) => ({ type: 'EntityClaimed', data: { entity, consumer: null } })),
    );
  }

  #isMine(aside: EntityAside | undefined): boolean {
    return aside?.claimedBy === this.#options.consumer;
  }

  #mayClaim(entity: string, aside: EntityAside, now: number): boolean {
    let seen = this.#seen.get(entity);
    if (seen?.touched !== aside.touched) {
      seen = { touched: aside.touched, since: now };
      this.#seen.set(entity, seen);
    }
    return aside.claimedBy === null || this.#isMine(aside) || now - seen.since > this.#options.claimMs;
  }

  async #claim(entity: string): Promise<void> {
    const { parked, consumer } = this.#options;
    const touched = parked.log.of(entity)?.touched;
    // Only if nobody was faster, and once.
    await parked.record((log) =>
      log.of(entity)?.touched === touched ? [{ type: 'EntityClaimed', data: { entity, consumer } }] : [],
    );
  }

  async #handle(item: Item): Promise<void> {
    const { store, handle, policy, parked, log } = this.#options;
    const { position, entity } = item;
    const [event] = await store.read(item.stream, item.revision, 1);
    if (event === undefined)
      log.warn(
        { stream: item.stream, revision: item.revision },
        'a parked event no longer exists in its stream; it is skipped',
      );
    try {
      if (event !== undefined) await handle([{ ...event, position }]);
    } catch (error) {
      if (error instanceof Stopping || event === undefined) throw error;
      const before = item.kind === 'held' ? item.attempts : 0;
      const attempts = (this.#tries.get(position)?.attempts ?? before) + 1;
      const again = failed(event, attempts, error, policy);
      if (again.state === 'parked') await this.#parkAgain(item, attempts, again.reason);
      else this.#tries.set(position, { attempts, dueAt: Date.now() + again.dueIn });
      return;
    }
    this.#tries.delete(position);
    await parked.record((now) => (now.has(item) ? [{ type: 'EventReleased', data: { position, entity } }] : []));
  }

  async #parkAgain({ replay: _, ...item }: Item, attempts: number, reason: string): Promise<void> {
    this.#tries.delete(item.position);
    const data = { ...item, kind: 'parked' as const, attempts, reason, parked_at: new Date().toISOString() };
    await this.#options.parked.record((log) => {
      const stands = log.of(item.entity)?.items.find(({ position }) => position === item.position);
      const done = stands === undefined || (stands.kind === 'parked' && !stands.replay);
      return done ? [] : [{ type: 'EventSetAside', data }];
    });
  }
}
