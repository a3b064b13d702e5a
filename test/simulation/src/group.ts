import { parseStreamId, type RecordedEvent, type SetAside } from '@daybook/core';
import type { EventLog } from './event-log.ts';
import type { Guard } from './guards.ts';
import { Violation } from './violation.ts';

/** Enough that two consumers share a group. */
const PARTITIONS = 2;
/** A consumer that is silent for so long loses its partitions, milliseconds. */
const LEASE_MS = 300;

interface Partition {
  checkpoint: number;
  epoch: number;
  owner: object | undefined;
  leasedUntil: number;
}

/** A partition in a consumer's hands, and what is to be done in it. */
export interface Lease {
  readonly partition: number;
  readonly epoch: number;
  readonly checkpoint: number;
}

/** An event set aside, as the group stores it. */
export interface Aside extends Omit<SetAside, 'dueIn'> {
  readonly dueAt: number;
}

/** What the event store's server knows of one subscription group. */
export class Group {
  readonly name: string;
  /** By position. */
  readonly aside = new Map<number, Aside>();
  readonly #partitions: Partition[];
  readonly #log: EventLog;
  readonly #without: Guard | undefined;
  readonly #consumers = new Map<object, number>();

  constructor(name: string, log: EventLog, without: Guard | undefined) {
    this.name = name;
    this.#log = log;
    this.#without = without;
    this.#partitions = Array.from({ length: PARTITIONS }, () => ({
      checkpoint: 0,
      epoch: 0,
      owner: undefined,
      leasedUntil: 0,
    }));
  }

  /** Prolongs the consumer's leases, and gives it free or expired partitions up to its fair share. */
  renew(consumer: object, now: number): { leases: Lease[]; surplus: number } {
    this.#consumers.set(consumer, now + LEASE_MS);
    const alive = [...this.#consumers].filter(([, until]) => until > now).map(([one]) => one);
    const share = Math.floor(PARTITIONS / alive.length) + (alive.indexOf(consumer) < PARTITIONS % alive.length ? 1 : 0);
    let held = this.#partitions.filter(({ owner }) => owner === consumer).length;
    for (const one of this.#partitions) {
      const free = one.owner !== consumer && (one.owner === undefined || one.leasedUntil < now);
      if (free && held < share) {
        one.owner = consumer;
        one.epoch++;
        held++;
      }
      if (one.owner === consumer) one.leasedUntil = now + LEASE_MS;
    }
    const leases = this.#partitions.flatMap(({ owner, epoch, checkpoint }, partition) =>
      owner === consumer ? [{ partition, epoch, checkpoint }] : [],
    );
    return { leases, surplus: held - share };
  }

  /** Gives one partition back. */
  release(consumer: object, { partition, epoch }: Lease): void {
    const one = this.#partitions[partition] as Partition;
    if (one.owner === consumer && one.epoch === epoch) one.owner = undefined;
  }

  /** The consumer has gone, and what it held is the others'. */
  leave(consumer: object): void {
    this.#consumers.delete(consumer);
    for (const one of this.#partitions) if (one.owner === consumer) one.owner = undefined;
  }

  /** The next events of a partition. @param upTo the last position to be seen */
  next(partition: number, after: number, limit: number, upTo: number): { events: RecordedEvent[]; cursor: number } {
    const events: RecordedEvent[] = [];
    let cursor = after;
    for (const event of this.#log.feed.slice(after, upTo)) {
      if (events.length === limit) break;
      cursor = event.position;
      if (partitionOf(event) === partition) events.push(event);
    }
    return { events, cursor };
  }

  /** Entities with something set aside. */
  get blocked(): Set<string> {
    return new Set([...this.aside.values()].map(({ entityId }) => entityId));
  }

  /** The first event set aside of each entity of these partitions, where it is due. */
  due(partitions: readonly number[], now: number): Aside[] {
    const first = new Map<string, Aside>();
    for (const one of [...this.aside.values()].sort((a, b) => a.event.position - b.event.position)) {
      if (!first.has(one.entityId)) first.set(one.entityId, one);
    }
    return [...first.values()].filter(
      ({ event, state, dueAt }) =>
        partitions.includes(partitionOf(event)) && (state === 'held' || (state === 'retrying' && dueAt <= now)),
    );
  }

  /**
   * Moves a checkpoint, and stores what was set aside before it; compare-and-set on epoch and checkpoint.
   * @returns false when the lease was lost: then nothing is changed
   */
  finish(consumer: object, lease: Lease, cursor: number, aside: readonly SetAside[], now: number): boolean {
    const one = this.#partitions[lease.partition] as Partition;
    const mine = one.owner === consumer && one.epoch === lease.epoch && one.checkpoint === lease.checkpoint;
    if (!mine && this.#without !== 'checkpoint compare-and-set') return false;
    if (cursor < one.checkpoint) {
      throw new Violation(
        'checkpoints never go backwards',
        `${this.name}/${lease.partition} ${one.checkpoint} → ${cursor}`,
      );
    }
    one.checkpoint = cursor;
    for (const { dueIn, ...set } of aside) {
      if (!this.aside.has(set.event.position)) this.aside.set(set.event.position, { ...set, dueAt: now + dueIn });
    }
    return true;
  }

  /** The event was handled after all. */
  unpark({ event }: Aside): void {
    this.aside.delete(event.position);
  }

  failedAgain({ dueIn, ...set }: SetAside, now: number): void {
    if (this.aside.has(set.event.position)) this.aside.set(set.event.position, { ...set, dueAt: now + dueIn });
  }

  /** A person has what is parked tried again. */
  replay(now: number): void {
    for (const [position, one] of this.aside) {
      if (one.state === 'parked') this.aside.set(position, { ...one, state: 'retrying', attempts: 0, dueAt: now });
    }
  }

  /** Whether everything appended is finished and nothing is set aside. */
  get idle(): boolean {
    return (
      this.aside.size === 0 &&
      this.#partitions.every(({ checkpoint }, partition) => this.#caughtUp(partition, checkpoint))
    );
  }

  #caughtUp(partition: number, checkpoint: number): boolean {
    for (let index = this.#log.feed.length - 1; index >= checkpoint; index--) {
      if (partitionOf(this.#log.feed[index] as RecordedEvent) === partition) return false;
    }
    return true;
  }
}

function partitionOf({ streamId }: RecordedEvent): number {
  const { entityId } = parseStreamId(streamId);
  return entityId.charCodeAt(entityId.length - 1) % PARTITIONS;
}
