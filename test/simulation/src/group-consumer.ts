import {
  deliver,
  type EventsHandler,
  failed,
  patient,
  type RecordedEvent,
  type RetryPolicy,
  type SetAside,
  Stopping,
  type SubscriptionOptions,
  silent,
  Unavailable,
} from '@daybook/core';
import type { Group, Lease } from './group.ts';
import type { Process } from './process.ts';
import type { Timer } from './scheduler.ts';
import type { World } from './world.ts';

/** Looked at this often without being woken, milliseconds. */
const POLL_MS = 240;

/** One consumer of a group: the loop of a real adapter, with each statement it would send as a request. */
export class GroupConsumer {
  readonly #world: World;
  readonly #process: Process;
  readonly #group: Group;
  readonly #batchSize: number;
  readonly #policy: RetryPolicy;
  readonly #handle: EventsHandler;
  readonly #stopping = new AbortController();
  /** By partition: what was finished, beyond the stored checkpoint. */
  readonly #cursors = new Map<number, { lease: Lease; cursor: number }>();
  readonly #running: Promise<void>;
  #resting: Timer | undefined;

  constructor(world: World, process: Process, options: SubscriptionOptions) {
    this.#world = world;
    this.#process = process;
    this.#group = world.group(options.group);
    this.#batchSize = options.batchSize ?? 4;
    this.#policy = { maxAttempts: 3, retryDelayMs: 40, random: () => process.clock.random?.() ?? 0 };
    this.#handle = patient(options.handle, process.clock, this.#stopping.signal, silent, options.group);
    world.subscribers.add(this);
    process.onEnd.push(() => world.subscribers.delete(this));
    this.#running = this.#run();
  }

  /** There may be something new to read. */
  wake(): void {
    if (this.#resting !== undefined) this.#world.scheduler.fire(this.#resting);
  }

  async check(): Promise<void> {}

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
    this.#world.subscribers.delete(this);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        if (!(await this.#step())) await this.#rest();
      } catch (error) {
        if (error instanceof Stopping) break;
        if (!(error instanceof Unavailable)) throw error;
        this.#cursors.clear();
        await this.#rest();
      }
    }
    await this.#call('leaves', () => this.#group.leave(this)).catch(() => {});
  }

  async #step(): Promise<boolean> {
    const { leases, surplus, due, feedPage } = await this.#call('polls', () => this.#poll(), false);
    let busy = false;
    for (const one of due) {
      busy = true;
      const again = await this.#handle([one.event]).then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof Stopping) throw error;
          return failed(one.event, one.attempts + 1, error, this.#policy);
        },
      );
      if (again === undefined) await this.#call('unparks', () => this.#group.unpark(one));
      else await this.#call(`sets ${again.state}`, () => this.#group.failedAgain(again, this.#world.scheduler.now));
    }
    if (surplus > 0 && leases[0] !== undefined && !busy) {
      const given = leases[0];
      this.#cursors.delete(given.partition);
      await this.#call('gives a partition back', () => this.#group.release(this, given));
      return true;
    }
    if (feedPage !== undefined && !busy) {
      busy = true;
      await this.#advance(feedPage);
    }
    if (!busy) for (const { lease, cursor } of this.#cursors.values()) await this.#finish(lease, cursor, []);
    return busy;
  }

  /** The leases, what is due, and the next events of one partition. */
  #poll() {
    const { now } = this.#world.scheduler;
    const { leases, surplus } = this.#group.renew(this, now);
    const due = this.#group.due(
      leases.map(({ partition }) => partition),
      now,
    );
    const upTo = this.#world.visibleHead();
    const blocked = this.#group.blocked;
    for (const lease of leases) {
      const known = this.#cursors.get(lease.partition);
      const after = known?.lease.epoch === lease.epoch ? Math.max(known.cursor, lease.checkpoint) : lease.checkpoint;
      const next = this.#group.next(lease.partition, after, this.#batchSize, upTo);
      if (next.events.length > 0) return { leases, surplus, due, feedPage: { lease, blocked, ...next } };
    }
    return { leases, surplus, due, feedPage: undefined };
  }

  async #advance(feedPage: { lease: Lease; blocked: Set<string>; events: RecordedEvent[]; cursor: number }) {
    const { lease, cursor } = feedPage;
    const events = this.#world.ordered ? feedPage.events : this.#world.random.shuffled(feedPage.events);
    const blocked = this.#world.without === 'park holds later' ? new NeverBlocked() : feedPage.blocked;
    const aside = await deliver(events, blocked, this.#handle, this.#policy);
    // A checkpoint may be stored later than it was reached; what was set aside is always stored at once.
    if (aside.length === 0 && this.#world.random.chance(0.2)) {
      this.#cursors.set(lease.partition, { lease, cursor });
      return;
    }
    await this.#finish(lease, cursor, aside);
  }

  async #finish(lease: Lease, cursor: number, aside: readonly SetAside[]): Promise<void> {
    const { scheduler } = this.#world;
    const set = aside.map(({ event, state }) => ` ${state} ${event.position}`).join();
    const label = `finishes ${lease.partition} up to ${cursor}${set}`;
    await this.#call(label, () => this.#group.finish(this, lease, cursor, aside, scheduler.now));
    this.#cursors.delete(lease.partition);
  }

  #call<Answer>(label: string, effect: () => Answer, changes = true): Promise<Answer> {
    const request = { server: 'event store' as const, label: `${this.#group.name} ${label}`, changes, effect };
    return this.#world.network.call(this.#process, request);
  }

  /** Until there is something new, or for as long as a retry may need to fall due. */
  #rest(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stopping.signal.aborted) {
        resolve();
        return;
      }
      this.#resting = this.#world.scheduler.later(POLL_MS, () => {
        this.#resting = undefined;
        if (this.#process.alive) resolve();
      });
    });
  }
}

/** For `deliver` without its memory of what failed. */
class NeverBlocked extends Set<string> {
  override has(): boolean {
    return false;
  }
}
