import type { z } from 'zod';
import type { RecordedEvent } from '../messages/event.ts';
import type { Message } from '../messages/message.ts';
import { ownOf } from '../messages/own-of.ts';
import type { Fold, PartsOf } from './projection.ts';

/** What set a deadline: as much of an event as the command that it leads to needs. A fold keeps it. */
export interface Cause {
  readonly event_id: string;
  /** RFC 3339. */
  readonly recorded_at: string;
  readonly correlation_id: string;
  readonly traceparent?: string | undefined;
  /** What the command's id is derived from, beside the event's: see `EventMetadata`. */
  readonly follow_up_secret?: string | undefined;
}

/**
 * The event as a cause that a fold can keep.
 * @example
 * const issued = fold<Cause | null, LoanContractEvent>({
 *   initial: null,
 *   evolve: (_part, event) => (event.type === 'LoanContractIssued' ? causeOf(event) : null),
 * });
 */
export function causeOf({ id, metadata }: RecordedEvent): Cause {
  const { recorded_at, correlation_id, traceparent, follow_up_secret } = metadata;
  return { event_id: id, recorded_at, correlation_id, traceparent, follow_up_secret };
}

/** A command of the same bounded context, to be sent once its time has come. */
export interface Due {
  /** RFC 3339. */
  readonly at: string;
  readonly because: Cause;
  /** At most one of a type because of the same event: the two decide the command's id. */
  readonly command: Message;
}

/**
 * @param at RFC 3339; @param ms milliseconds; @throws RangeError for what is no time
 *
 * @example
 * ```ts
 * later('2026-01-01T00:00:00.000Z', 60_000); // '2026-01-01T00:01:00.000Z'
 * ```
 */
export function later(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}

/**
 * A process manager that waits: it asks for a command at a later time, unless later events take that back.
 * Each of the entity's streams has its own part, as in a projection; which deadlines stand follows from the parts alone.
 */
export interface Deadline {
  /** PascalCase, as a process manager's. */
  readonly name: string;
  /** Raise it when a fold changes: the deadlines are folded anew from the first event. */
  readonly version: number;
  readonly folds: Readonly<Record<string, Fold>>;
  /** Environment variables that it depends on, each with a description and a default. */
  readonly settings?: z.ZodRawShape;
  /** @returns the deadlines that stand, dispatched or not */
  due(
    entityId: string,
    parts: Readonly<Record<string, unknown>>,
    settings: Readonly<Record<string, unknown>>,
  ): readonly Due[];
}

/**
 * Ties folds, settings and `due` together; the compiler checks that they agree.
 *
 * @example
 * ```ts
 * export const expireUnsignedContract = deadline({
 *   name: 'ExpireUnsignedContract',
 *   version: 1,
 *   folds: { LoanContract: issued },
 *   settings: {
 *     CONTRACT_SIGNATURE_DAYS: z.coerce.number().positive().default(30).meta({ description: 'Days until it expires.' }),
 *   },
 *   due(loan_application_uuid, { LoanContract: because }, { CONTRACT_SIGNATURE_DAYS: days }) {
 *     if (because === null) return [];
 *     const command: LoanContractCommand = { type: 'RejectContract', data: { loan_application_uuid, reason: 'expired' } };
 *     return [{ at: later(because.recorded_at, days * DAY_MS), because, command }];
 *   },
 * });
 * ```
 */
export function deadline<
  const Folds extends Record<string, Fold>,
  Settings extends z.ZodRawShape = Record<never, never>,
>(definition: {
  name: string;
  version: number;
  folds: Folds;
  settings?: Settings;
  due(entityId: string, parts: PartsOf<Folds>, settings: z.output<z.ZodObject<Settings>>): readonly Due[];
}): Deadline {
  return definition as Deadline;
}

/** The environment variables that deadlines depend on. @throws Error when two mean different things by one name */
export function settingsOf(deadlines: readonly Deadline[]): z.ZodRawShape {
  const all: Record<string, z.core.$ZodType> = {};
  for (const { name, settings = {} } of deadlines) {
    for (const [variable, schema] of Object.entries(settings)) {
      if ((ownOf(all, variable) ?? schema) !== schema)
        throw new Error(`${name}: ${variable} is another deadline's setting`);
      all[variable] = schema;
    }
  }
  return all;
}
