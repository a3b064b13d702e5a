import {
  afterFault,
  beginsAt,
  checkProofs,
  type EventsHandler,
  HistoriesDiffer,
  type Log,
  type SubscriptionOptions,
} from '@daybook/core';
import type { Database } from '@daybook/postgres';
import type { BlockedEntities } from './blocked-entities.ts';
import type { HeldLease, HeldLeases } from './held-leases.ts';
import type { Membership } from './leases.ts';
import { blockedEntities } from './parked.ts';
import { marksAtCheckpoints, proveMarks, takeBack } from './prove-marks.ts';

const DATA_IS_BEHIND =
  'the data lacks events that the group had finished: it was restored to an earlier point, or lost its end; they are handled again';

/** How a consumer goes on with partitions that are new in hand. */
export class TakeOver {
  readonly #database: Database;
  readonly #options: Pick<SubscriptionOptions, 'marks' | 'types'>;
  readonly #log: Log;
  #differs: HistoriesDiffer | undefined;

  constructor(database: Database, options: Pick<SubscriptionOptions, 'marks' | 'types'>, log: Log) {
    this.#database = database;
    this.#options = options;
    this.#log = log;
  }

  /** @throws HistoriesDiffer while nothing can be taken over because of it */
  check(): void {
    if (this.#differs !== undefined) throw this.#differs;
  }

  /**
   * Proves that the log has what the data of the group counts, and learns what is set aside. Whatever partition the mark is of that
   * the log does not have: none is taken over then.
   * @returns false when none was taken over. @throws Unavailable
   */
  async of(me: Membership, held: HeldLeases, blocked: BlockedEntities): Promise<boolean> {
    const fresh = held.unknown;
    if (fresh.length === 0) return true;
    const { group } = me;
    try {
      held.lose(await this.#prove(me, fresh));
    } catch (error) {
      if (!(error instanceof HistoriesDiffer)) throw error;
      if (this.#differs === undefined) this.#log.error({ err: error, group }, 'the group stands still');
      this.#differs = error;
      return false;
    }
    if (this.#differs !== undefined) this.#log.info({ group }, 'data and log agree again; the group goes on');
    this.#differs = undefined;
    const only = fresh.map(({ partition }) => partition);
    blocked.learn(await blockedEntities(this.#database, me, only));
    for (const lease of fresh) lease.known = true;
    return true;
  }

  /** @returns the partitions whose lease was lost meanwhile */
  async #prove(me: Membership, fresh: readonly HeldLease[]): Promise<number[]> {
    const { marks, types } = this.#options;
    if (marks === undefined) return [];
    const stored = await marks.load();
    const proofs = await proveMarks(this.#database, { ...me, types }, stored);
    checkProofs(me, proofs);
    const adopted: number[] = [];
    const behind: { lease: HeldLease; to: number }[] = [];
    for (const lease of fresh) {
      const proof = proofs.find(({ partition }) => partition === lease.partition);
      if (proof === undefined) continue;
      lease.complete = proof.mark?.complete ?? 0;
      if (proof.mark === undefined && stored.adopts) adopted.push(lease.partition);
      else if (proof.behind) behind.push({ lease, to: beginsAt(proof) });
    }
    if (adopted.length > 0) await marks.store(await marksAtCheckpoints(this.#database, me, adopted));
    return behind.length === 0 ? [] : this.#takeBack(me, behind);
  }

  /** Checkpoints go back to where the data is complete. @returns the partitions whose lease was lost meanwhile */
  async #takeBack(me: Membership, behind: readonly { lease: HeldLease; to: number }[]): Promise<number[]> {
    const moved = await takeBack(
      this.#database,
      me,
      behind.map(({ lease: { partition, epoch, checkpoint }, to: cursor }) => ({
        partition,
        epoch,
        checkpoint,
        cursor,
      })),
    );
    const partitions = behind.map(({ lease: { partition, checkpoint }, to }) => ({ partition, from: checkpoint, to }));
    this.#log.warn({ group: me.group, partitions }, DATA_IS_BEHIND);
    for (const { lease, to } of behind) if (moved.has(lease.partition)) lease.checkpoint = lease.cursor = to;
    return behind.flatMap(({ lease }) => (moved.has(lease.partition) ? [] : [lease.partition]));
  }
}

/** A handler of data that may have come back as it was before, after it was away: then it says so. */
export function doubting({ marks, handle }: SubscriptionOptions, doubt: () => void): EventsHandler {
  if (marks === undefined) return handle;
  return async (events, nextMarks) => {
    try {
      await handle(events, nextMarks);
    } catch (error) {
      if (afterFault(error) === 'wait') doubt();
      throw error;
    }
  };
}
