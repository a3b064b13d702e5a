import type { SetAside } from '@daybook/core';
import type { Delivery } from './inbox.ts';

/** An event that is tried again, and those of its entity that must come after it. None is acknowledged. */
export interface Lane {
  readonly first: Delivery;
  readonly attempts: number;
  /** Of the last attempt. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  readonly followers: readonly Delivery[];
}

type Try = Pick<Lane, 'attempts' | 'reason' | 'dueAt'>;

/** Attempts remembered of events that were lost with their connection; more are not worth the memory. */
const MEMORY = 10_000;

/** The entities that wait for another try of an event, one lane each. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** By position: an event that fails and takes its connection with it is parked in the end all the same. */
  readonly #tries = new Map<number, Try>();

  get entities(): Iterable<string> {
    return this.#lanes.keys();
  }

  has(entityId: string): boolean {
    return this.#lanes.has(entityId);
  }

  /** The event failed, for the first time or again: it rests. */
  rest(
    delivery: Delivery,
    { attempts, reason, dueIn }: Pick<SetAside, 'attempts' | 'reason' | 'dueIn'>,
    now: number,
  ): void {
    const next = { attempts, reason, dueAt: now + dueIn };
    if (this.#tries.size >= MEMORY) this.#tries.clear();
    this.#tries.set(delivery.event.position, next);
    this.#open(delivery, next);
  }

  /** @returns whether the event failed before, on a connection that is gone, and goes on with that */
  resume(delivery: Delivery): boolean {
    const before = this.#tries.get(delivery.event.position);
    if (before === undefined || this.#lanes.has(delivery.entityId)) return false;
    this.#open(delivery, before);
    return true;
  }

  follow(delivery: Delivery): void {
    const lane = this.#lanes.get(delivery.entityId);
    if (lane === undefined) throw new Error(`${delivery.entityId} waits for nothing`);
    this.#lanes.set(delivery.entityId, { ...lane, followers: [...lane.followers, delivery] });
  }

  /** @returns the lanes with more followers than this; those are as many events that the server does not send to anybody else */
  longerThan(followers: number): readonly Lane[] {
    return [...this.#lanes.values()].filter((lane) => lane.followers.length > followers);
  }

  due(now: number): readonly Lane[] {
    return [...this.#lanes.values()].filter(({ dueAt }) => dueAt <= now);
  }

  /** Handled, or parked: the lane is closed. */
  close({ first }: Lane): void {
    this.#lanes.delete(first.entityId);
    this.#tries.delete(first.event.position);
  }

  /** @returns what came by connections that are gone, out of its lanes: it comes again, perhaps to another consumer */
  dropLost(): Delivery[] {
    const lost: Delivery[] = [];
    for (const [entityId, lane] of this.#lanes) {
      const deliveries = [lane.first, ...lane.followers];
      if (deliveries.every(({ source }) => source.alive)) continue;
      lost.push(...deliveries);
      this.#lanes.delete(entityId);
    }
    return lost;
  }

  /** When the next lane is due, milliseconds since 1970; Infinity when there is none. */
  get nextDue(): number {
    return Math.min(...[...this.#lanes.values()].map(({ dueAt }) => dueAt));
  }

  #open(first: Delivery, next: Try): void {
    const followers = this.#lanes.get(first.entityId)?.followers ?? [];
    this.#lanes.set(first.entityId, { ...next, first, followers });
  }
}
