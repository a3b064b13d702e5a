import type { RecordedEvent } from '../messages/event.ts';
import type { Message } from '../messages/message.ts';
import type { FeedConsumer } from './feed-consumer.ts';

/** The transaction of one batch. It is committed when the batch was handled: never commit or roll back in it. */
export interface SqlTransaction {
  /**
   * @param values of the parameters `$1`, `$2`, …
   * @throws Unavailable when the database is away, or lacks what the statement names; the database's error when the statement
   *   is wrong; Error after the batch's end
   */
  query<Row extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** An app's own tables in the read store, filled by plain SQL from a context's events. */
export interface SqlConsumer extends Pick<FeedConsumer, 'name' | 'context' | 'types'> {
  /**
   * From 1. Raised, it starts over from the first event, with a checkpoint of its own, so let `create` make other tables for
   * it, or empty them; the checkpoint of the version before stays, and processes that still run it go on with it.
   */
  readonly version: number;
  /**
   * SQL that creates its tables, in a schema of the app's choosing, run by each migration before the services start: so it
   * has to change nothing when they are there (`create table if not exists`). The tables belong to the app: Daybook never
   * changes or drops them.
   */
  readonly create: string;
  /**
   * Handles a batch in the transaction that also moves the checkpoint: each event counts exactly once, whatever dies. It may
   * run again for the same batch, after a failure, so whatever it does outside of `tx` may happen more than once.
   *
   * @param events at least one, in feed order
   * @throws as {@link FeedConsumer.handle}
   */
  handle(events: readonly RecordedEvent[], tx: SqlTransaction): Promise<void>;
}

/** What an app's `consumers` may be. */
export type AppConsumer = FeedConsumer | SqlConsumer;

/**
 * Defines a consumer that writes to the read store, for `defineApp({ consumers: [...] })`, run by the projector service.
 *
 * @example
 * ```ts
 * const requested = sqlConsumer<LoanRequested>({
 *   name: 'requested-by-day',
 *   context: 'loans',
 *   version: 1,
 *   types: ['LoanRequested'],
 *   create: `
 *     create schema if not exists reports;
 *     create table if not exists reports.requested (day date primary key, loans integer not null)`,
 *   async handle(events, tx) {
 *     for (const { metadata } of events) {
 *       await tx.query(
 *         `insert into reports.requested values ($1::date, 1)
 *          on conflict (day) do update set loans = requested.loans + 1`,
 *         [metadata.recorded_at],
 *       );
 *     }
 *   },
 * });
 * ```
 */
export function sqlConsumer<E extends Message = Message>(
  definition: Omit<SqlConsumer, 'types' | 'handle'> & {
    readonly types?: readonly E['type'][];
    handle(events: readonly RecordedEvent<E>[], tx: SqlTransaction): Promise<void>;
  },
): SqlConsumer {
  return definition as SqlConsumer;
}

/** Tells the two forms apart. */
export function isSqlConsumer(consumer: AppConsumer): consumer is SqlConsumer {
  return 'create' in consumer;
}
