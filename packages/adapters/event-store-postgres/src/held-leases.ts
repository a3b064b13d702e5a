import type { RecordedEvent } from '@daybook/core';
import type { Lease } from './leases.ts';
import type { Progress } from './parked.ts';

/** A lease in use. */
export interface HeldLease extends Lease {
  /** Everything up to here was handled or is set aside; at or beyond the stored checkpoint. */
  cursor: number;
  /** The last event handed over; undefined: none was since the lease was taken. */
  last: RecordedEvent | undefined;
  /** Up to where the group's data was marked as complete last. */
  complete: number;
  /** Whether it is proven that the log has what the data counts, and its entities with something set aside are known. */
  known: boolean;
}

/** What a consumer reads next: some partitions, from one position up to another. */
export interface NextFeedPage {
  readonly leases: readonly HeldLease[];
  readonly after: number;
  readonly upTo: number | undefined;
}

/** The partitions that a consumer holds, and how far it is in each. */
export class HeldLeases {
  readonly #held = new Map<number, HeldLease>();
  /** The consumer's fair share of the partitions. */
  share = 0;

  get size(): number {
    return this.#held.size;
  }

  get partitions(): number[] {
    return [...this.#held.keys()];
  }

  /** Takes over what the store says is held now. @returns the partitions that were lost */
  update(leases: readonly Lease[], share: number): number[] {
    this.share = share;
    const still = new Set(leases.map(({ partition }) => partition));
    const lost = this.partitions.filter((partition) => !still.has(partition));
    for (const partition of lost) this.#held.delete(partition);
    for (const lease of leases) {
      if (this.#held.get(lease.partition)?.epoch === lease.epoch) continue;
      this.#held.set(lease.partition, {
        ...lease,
        cursor: lease.checkpoint,
        last: undefined,
        complete: 0,
        known: false,
      });
    }
    return lost;
  }

  get all(): HeldLease[] {
    return [...this.#held.values()];
  }

  /** An event of the partition was handled. */
  handled(partition: number, event: RecordedEvent): void {
    const lease = this.#held.get(partition);
    if (lease !== undefined && event.position > (lease.last?.position ?? 0)) lease.last = event;
  }

  /** The data was marked as complete up to a position. */
  completed(partition: number, upTo: number): void {
    const lease = this.#held.get(partition);
    if (lease !== undefined) lease.complete = Math.max(lease.complete, upTo);
  }

  /** Gives up some that somebody else has. */
  lose(partitions: readonly number[]): void {
    for (const partition of partitions) this.#held.delete(partition);
  }

  /** Leases that are new in hand. */
  get unknown(): HeldLease[] {
    return [...this.#held.values()].filter(({ known }) => !known);
  }

  /** The partitions that are furthest behind, up to where the next ones stand, so that all become level. */
  next(): NextFeedPage | undefined {
    const leases = [...this.#held.values()].filter(({ known }) => known);
    if (leases.length === 0) return undefined;
    const after = Math.min(...leases.map(({ cursor }) => cursor));
    const ahead = leases.filter(({ cursor }) => cursor > after).map(({ cursor }) => cursor);
    return {
      leases: leases.filter(({ cursor }) => cursor === after),
      after,
      upTo: ahead.length > 0 ? Math.min(...ahead) : undefined,
    };
  }

  /** What has moved since the checkpoints were stored; a copy. */
  get progress(): Progress[] {
    return [...this.#held.values()]
      .filter(({ cursor, checkpoint }) => cursor > checkpoint)
      .map(({ last, ...lease }) => ({ ...lease, last_position: last?.position, last_id: last?.id }));
  }

  /** Notes what was stored. @returns the partitions that were not: somebody else has them */
  stored(progress: readonly Progress[], moved: ReadonlySet<number>): number[] {
    const lost: number[] = [];
    for (const { partition, epoch, cursor } of progress) {
      const lease = this.#held.get(partition);
      if (lease?.epoch !== epoch) continue;
      if (moved.has(partition)) {
        lease.checkpoint = cursor;
      } else {
        this.#held.delete(partition);
        lost.push(partition);
      }
    }
    return lost;
  }

  /** Lets go of what is more than the share. @returns the partitions to give back */
  shed(): number[] {
    const surplus = this.#held.size - this.share;
    if (surplus <= 0) return [];
    const given = this.partitions.slice(-surplus);
    for (const partition of given) this.#held.delete(partition);
    return given;
  }
}
