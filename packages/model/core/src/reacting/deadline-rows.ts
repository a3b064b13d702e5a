import { z } from 'zod';
import { dueCommandIdOf } from '../messages/ids.ts';
import type { Message } from '../messages/message.ts';
import type { Cause, Deadline } from '../modelling/deadline.ts';
import { projection, type RowProjection } from '../modelling/projection.ts';
import type { FoldedEntity, StoredEntity } from '../ports/read-store.ts';
import { folded, rowOf } from '../projecting/fold-entity.ts';

/** The part that the service itself writes: ids of the commands it has sent. No aggregate can be called so. */
const DISPATCHED = '_dispatched';

/** A deadline that stands, as its row has it. */
interface Standing {
  readonly commandId: string;
  /** RFC 3339, in UTC, to the millisecond. */
  readonly at: string;
  readonly because: Cause;
  readonly command: Message;
  readonly dispatched: boolean;
}

/** The row of an entity of which something has yet to be sent. */
export interface DeadlineRow {
  readonly entity_id: string;
  /** When the first command that was not sent yet is due. */
  readonly due_at: string;
  readonly standing: readonly Standing[];
}

/**
 * The rows that a deadline is kept in, one for each entity: a projection that nobody queries but the process-manager
 * service. What was dispatched is a part like any other, so that events and dispatches meet in one compare-and-set.
 */
export function deadlineRows(deadline: Deadline, settings: Readonly<Record<string, unknown>>): RowProjection {
  const folds = { ...deadline.folds, [DISPATCHED]: { initial: [], evolve: (sent: unknown) => sent } };
  return projection({
    name: `${deadline.name.replace(/(?<!^)(?=[A-Z])/g, '_').toLowerCase()}_deadlines`,
    version: deadline.version,
    row: z.object({ entity_id: z.string(), due_at: z.iso.datetime(), standing: z.array(z.unknown()) }),
    key: 'entity_id',
    folds,
    combine(entity_id, parts: Readonly<Record<string, unknown>>) {
      const standing = standingOf(deadline, entity_id, parts, settings);
      const [first] = standing.filter(({ dispatched }) => !dispatched);
      return first && { entity_id, due_at: first.at, standing: [...standing] };
    },
    list: { filters: [], orderBy: 'due_at' },
  });
}

/** Every deadline that stands, the first due first. */
function standingOf(
  { name, due }: Deadline,
  entityId: string,
  parts: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, unknown>>,
): readonly Standing[] {
  const sent = parts[DISPATCHED] as readonly string[];
  const standing = due(entityId, parts, settings).map(({ at, because, command }) => {
    const commandId = dueCommandIdOf(because, name, command.type);
    return { commandId, at: new Date(at).toISOString(), because, command, dispatched: sent.includes(commandId) };
  });
  if (new Set(standing.map(({ commandId }) => commandId)).size < standing.length)
    throw new Error(`${name}: one event sets two deadlines for commands of one type`);
  return standing.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** The row that an entity's parts make with today's settings, which may be others than when it was written. */
export function rowNow(table: RowProjection, stored: StoredEntity): DeadlineRow | undefined {
  return rowOf(table, stored) as DeadlineRow | undefined;
}

/** The row once these commands were sent; what no longer stands need not be remembered. */
export function withDispatched(table: RowProjection, stored: StoredEntity, sent: readonly Standing[]): FoldedEntity {
  const ids = (rowNow(table, stored)?.standing ?? [])
    .filter((one) => one.dispatched || sent.some(({ commandId }) => commandId === one.commandId))
    .map(({ commandId }) => commandId);
  const revision = (stored.parts[DISPATCHED]?.revision ?? -1) + 1;
  const parts = { ...stored.parts, [DISPATCHED]: { revision, part: ids } };
  return folded(table, { before: stored, parts, items: undefined });
}
