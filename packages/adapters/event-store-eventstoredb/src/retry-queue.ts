import type { SetAside } from '@daybook/core';
import type { Delivery } from './inbox.ts';

/** An event that is tried again, and those of its entity that must come after it. None is acknowledged. */
export interface Retry {
  readonly first: Delivery;
  readonly attempts: number;
  /** Of the last attempt. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  readonly followers: readonly Delivery[];
}

type Try = Pick<Retry, 'attempts' | 'reason' | 'dueAt'>;

/** Attempts remembered of events that were lost with their connection; more are not worth the memory. */
const MEMORY = 10_000;

/** The events that wait for another try, one of an entity, each with what follows it. */
export class RetryQueue {
  readonly #retries = new Map<string, Retry>();
  /** By position: an event that fails and takes its connection with it is parked in the end all the same. */
  readonly #tries = new Map<number, Try>();

  get entities(): Iterable<string> {
    return this.#retries.keys();
  }

  has(entityId: string): boolean {
    return this.#retries.has(entityId);
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
    if (before === undefined || this.#retries.has(delivery.entityId)) return false;
    this.#open(delivery, before);
    return true;
  }

  follow(delivery: Delivery): void {
    const retry = this.#retries.get(delivery.entityId);
    if (retry === undefined)
      throw new Error(`no event of ${delivery.entityId} waits for a retry, so that nothing can follow it`);
    this.#retries.set(delivery.entityId, { ...retry, followers: [...retry.followers, delivery] });
  }

  /** @returns the retries with more followers than this; those are as many events that the server does not send to anybody else */
  longerThan(followers: number): readonly Retry[] {
    return [...this.#retries.values()].filter((retry) => retry.followers.length > followers);
  }

  due(now: number): readonly Retry[] {
    return [...this.#retries.values()].filter(({ dueAt }) => dueAt <= now);
  }

  /** Handled, or parked: nothing of the entity waits any more. */
  close({ first }: Retry): void {
    this.#retries.delete(first.entityId);
    this.#tries.delete(first.event.position);
  }

  /** @returns what came by connections that are gone, out of the queue: it comes again, perhaps to another consumer */
  dropLost(): Delivery[] {
    const lost: Delivery[] = [];
    for (const [entityId, retry] of this.#retries) {
      const deliveries = [retry.first, ...retry.followers];
      if (deliveries.every(({ source }) => source.alive)) continue;
      lost.push(...deliveries);
      this.#retries.delete(entityId);
    }
    return lost;
  }

  /** When the next retry is due, milliseconds since 1970; Infinity when there is none. */
  get nextDue(): number {
    return Math.min(...[...this.#retries.values()].map(({ dueAt }) => dueAt));
  }

  #open(first: Delivery, next: Try): void {
    const followers = this.#retries.get(first.entityId)?.followers ?? [];
    this.#retries.set(first.entityId, { ...next, first, followers });
  }
}
