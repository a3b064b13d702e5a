import { isCommandRecord, type RecordedEvent } from '../messages/event.ts';
import { ownOf } from '../messages/own-of.ts';
import { parseStreamId } from '../messages/stream-id.ts';
import type { ItemKey, ItemsStep, Projection, Row, RowProjection } from '../modelling/projection.ts';
import type { FoldedEntity, Revisions, StoredEntity, StoredPart } from '../ports/read-store.ts';

/** An entity while events are folded into it. */
export interface Folding {
  readonly before: StoredEntity;
  readonly parts: Record<string, StoredPart>;
  /** By item key: the row that was put last, or undefined where it was removed. Itself undefined while there is none. */
  items: Map<ItemKey, Row | undefined> | undefined;
}

/** An entity as it is stored, ready for the next events. */
export function unfolded(before: StoredEntity): Folding {
  return { before, parts: { ...before.parts }, items: undefined };
}

/** The revision that the next event of an aggregate's stream must have. */
export function nextRevision({ parts }: Folding, aggregate: string): number {
  return (ownOf(parts, aggregate)?.revision ?? -1) + 1;
}

/**
 * One step of the fold; refused commands only move the revision.
 * @param aggregate that the event is of; whoever has taken its stream's name apart need not do it again
 * @throws Error for an event that is not the next, or not known
 */
export function foldEvent(
  projection: Projection,
  folding: Folding,
  event: RecordedEvent,
  aggregate = parseStreamId(event.streamId).aggregate,
): void {
  const { revision, streamId } = event;
  const due = nextRevision(folding, aggregate);
  if (revision !== due) throw new Error(`${projection.name}: ${streamId} has ${revision} where ${due} is due`);
  const part = ownOf(folding.parts, aggregate)?.part ?? ownOf(projection.folds, aggregate)?.initial;
  const step = isCommandRecord(event) ? { part } : stepOf(projection, aggregate, part, event);
  folding.parts[aggregate] = { revision, part: step.part };
  if (step.remove === undefined && step.put === undefined) return;
  folding.items ??= new Map();
  for (const key of step.remove ?? []) folding.items.set(key, undefined);
  for (const row of step.put ?? []) folding.items.set(itemKeyOf(projection, folding.before.entityId, row), row);
}

function stepOf(projection: Projection, aggregate: string, part: unknown, event: RecordedEvent): ItemsStep {
  const { name, version, itemKey } = projection;
  // What a fold does not know falls out of its switch.
  const evolved: unknown = ownOf(projection.folds, aggregate)?.evolve(part, event);
  if (evolved === undefined) throw new Error(`${name} v${version} does not know ${event.type}`);
  return itemKey === undefined ? { part: evolved } : (evolved as ItemsStep);
}

function itemKeyOf({ name, key, itemKey = key }: Projection, entityId: string, row: Row): ItemKey {
  if (ownOf(row, key) !== entityId)
    throw new Error(`${name}: a row of ${entityId} says that it belongs to ${ownOf(row, key)}`);
  return ownOf(row, itemKey) as ItemKey;
}

/** What is counted of each of the entity's streams. */
export function revisionsOf({ parts }: Pick<StoredEntity, 'parts'>): Revisions {
  return Object.fromEntries(Object.entries(parts).map(([aggregate, { revision }]) => [aggregate, revision]));
}

/** What is to be written of the entity: one row is always written whole, of several those that changed. */
export function folded(projection: Projection, { before, parts, items }: Folding): FoldedEntity {
  const { entityId, version } = before;
  const changed: { put: Row[]; remove: ItemKey[] } = { put: [], remove: [] };
  if (projection.itemKey === undefined) {
    const row = rowOf(projection, { entityId, parts });
    if (row === undefined) changed.remove.push(entityId);
    else changed.put.push(row);
  }
  for (const [key, row] of items ?? []) {
    if (row === undefined) changed.remove.push(key);
    else changed.put.push(row);
  }
  return { entityId, version: version + 1, parts, ...changed };
}

/** The row that an entity's parts make, if there is one to show. */
export function rowOf(projection: RowProjection, { entityId, parts }: Pick<StoredEntity, 'entityId' | 'parts'>) {
  return projection.combine(entityId, partsToCombine(projection, parts));
}

/** A stream that said nothing yet counts with its fold's initial part. */
function partsToCombine({ folds }: Projection, stored: Readonly<Record<string, StoredPart>>): Record<string, unknown> {
  const parts: Record<string, unknown> = {};
  for (const aggregate in folds) {
    const known = ownOf(stored, aggregate);
    parts[aggregate] = known === undefined ? ownOf(folds, aggregate)?.initial : known.part;
  }
  return parts;
}

/**
 * The definition of a read model: the rows that a history makes, by entity.
 * @param events whole streams, each in order, in any order between them
 * @throws Error where an event is missing or not known
 * @example
 * const history = recordedEvents(['accounts-Account-1', { type: 'AccountOpened', data: { account_uuid: '1' } }]);
 * foldRows(accountBalances, history).get('1'); // [{ account_uuid: '1', balance: 0, opened_at: '2026-01-01T00:00:00.000Z' }]
 */
export function foldRows(projection: Projection, events: readonly RecordedEvent[]): Map<string, readonly Row[]> {
  const entities = new Map<string, Folding>();
  for (const event of events) {
    const { aggregate, entityId } = parseStreamId(event.streamId);
    if (ownOf(projection.folds, aggregate) === undefined) continue;
    const folding = entities.get(entityId) ?? unfolded({ entityId, version: 0, parts: {} });
    entities.set(entityId, folding);
    foldEvent(projection, folding, event, aggregate);
  }
  return new Map([...entities].map(([entityId, folding]) => [entityId, folded(projection, folding).put]));
}
