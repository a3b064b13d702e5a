import {
  afterFault,
  type EventsHandler,
  failed,
  type MarkKeeper,
  type RecordedEvent,
  type RetryPolicy,
  Stopping,
} from '@daybook/core';
import type { Database } from '@daybook/postgres';
import { marksOfBatch, partitionOf } from './batch-marks.ts';
import type { BlockedEntities } from './blocked-entities.ts';
import type { HeldLeases } from './held-leases.ts';
import type { Membership } from './leases.ts';
import { dueEvents, failedAgain, unpark } from './parked.ts';

/** What events are handed over with. */
export interface HandingOver {
  readonly handle: EventsHandler;
  /** Where the group's data has its marks; undefined where it has no data. */
  readonly marks: MarkKeeper | undefined;
  readonly held: HeldLeases;
  readonly blocked: BlockedEntities;
}

/** Hands events over to the group's handler, with the marks that its data has afterwards. */
export class HandOver {
  readonly #parts: HandingOver;

  constructor(parts: HandingOver) {
    this.#parts = parts;
  }

  /**
   * @param page all events after the cursors, if those that are handed over are of there
   * @throws what the handler throws
   */
  async of(me: Membership, events: readonly RecordedEvent[], page: readonly RecordedEvent[]): Promise<void> {
    const { handle, marks: keeper, held, blocked } = this.#parts;
    const { partitions } = me;
    const asideFrom = (partition: number) => blocked.firstIn(partition, partitions);
    const marks =
      keeper === undefined ? [] : marksOfBatch(events, page, { standings: held.all, partitions, asideFrom });
    await handle(events, marks);
    for (const { partition, complete } of marks) held.completed(partition, complete);
    for (const event of events) held.handled(partitionOf(event, partitions), event);
  }

  /** Those set aside whose time to be tried again has come. @returns how many. @throws Unavailable, Stopping */
  async due(database: Database, me: Membership, policy: RetryPolicy): Promise<number> {
    const { held, blocked } = this.#parts;
    const due = await dueEvents(database, me, held.partitions);
    for (const one of due) {
      try {
        await this.of(me, [one.event], []);
        const more = await unpark(database, me, one);
        if (!more) blocked.free(one.entityId);
      } catch (error) {
        if (error instanceof Stopping || afterFault(error) === 'wait') throw error;
        await failedAgain(database, me, failed(one.event, one.attempts + 1, error, policy));
      }
    }
    return due.length;
  }
}
