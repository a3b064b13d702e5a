import type { RecordedEvent } from '../messages/event.ts';
import { ownOf } from '../messages/own-of.ts';
import { parseStreamId } from '../messages/stream-id.ts';
import type { Projection } from '../modelling/projection.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { NextMark } from '../ports/marks.ts';
import type { FoldedEntity, ReadStore, StoredEntity } from '../ports/read-store.ts';
import type { EntityCache } from './entity-cache.ts';
import { type Folding, foldEvent, folded, nextRevision, unfolded } from './fold-entity.ts';

/** An event, and the aggregate that it is of. */
interface Step {
  readonly event: RecordedEvent;
  readonly aggregate: string;
}

/** Rounds of reading again after somebody else wrote an entity first; more means two writers that can't agree. */
const MAX_ROUNDS = 20;

/** What applying events needs. */
export interface ProjectionStores {
  readonly rows: Pick<ReadStore, 'load' | 'save'>;
  readonly store: Pick<EventStore, 'read'>;
  /** Of one consumer; without it, every entity is read before it is written. */
  readonly memory?: EntityCache | undefined;
}

/**
 * Folds a batch of events into the rows of a projection: next revision: apply; known: skip; a gap: read what is missing.
 * The same rows result from any order, repetition and interleaving of batches, with any number of writers.
 * @param marks of the batch, stored with the rows
 * @throws Unavailable
 */
export async function applyProjection(
  projection: Projection,
  events: readonly RecordedEvent[],
  { rows, store, memory }: ProjectionStores,
  marks: readonly NextMark[] = [],
): Promise<void> {
  let open = byEntity(projection, events);
  for (let round = 1; open.size > 0; round++) {
    if (round > MAX_ROUNDS)
      throw new Error(`${projection.name}: rows keep changing under ${MAX_ROUNDS} attempts to write them`);
    const stored = await recallOrLoad(projection, open, rows, round === 1 ? memory : undefined);
    const changed: FoldedEntity[] = [];
    for (const [entityId, steps] of open) {
      const folding = unfolded(stored.get(entityId) ?? { entityId, version: 0, parts: {} });
      if (await foldSteps(projection, folding, steps, store)) changed.push(folded(projection, folding));
    }
    if (changed.length === 0) break;
    if (await saveAll(projection, { changed, marks }, rows, memory)) return;
    open = new Map(changed.map(({ entityId }) => [entityId, open.get(entityId) as Step[]]));
  }
  if (marks.length > 0) await rows.save(projection, [], marks);
}

/** @returns whether each was written; what may not have been is not remembered */
async function saveAll(
  projection: Projection,
  { changed, marks }: { changed: readonly FoldedEntity[]; marks: readonly NextMark[] },
  rows: ProjectionStores['rows'],
  memory: EntityCache | undefined,
): Promise<boolean> {
  let all = false;
  try {
    all = (await rows.save(projection, changed, marks)) === changed.length;
  } finally {
    if (all) memory?.learn(changed);
    else memory?.forget(changed);
  }
  return all;
}

/** What the events have to be folded into: as it is remembered, else as it is stored, as far as there is anything. */
async function recallOrLoad(
  projection: Projection,
  open: ReadonlyMap<string, readonly Step[]>,
  rows: ProjectionStores['rows'],
  memory: EntityCache | undefined,
): Promise<Map<string, StoredEntity>> {
  const recalled = new Map<string, StoredEntity>();
  for (const [entityId, [first]] of open) {
    const entity = memory?.recall(entityId, (first as Step).event);
    if (entity !== undefined) recalled.set(entityId, entity);
  }
  const unknown = [...open.keys()].filter((entityId) => !recalled.has(entityId));
  return unknown.length === 0 ? recalled : new Map([...recalled, ...(await rows.load(projection, unknown))]);
}

/** The events that the projection folds, by the entity they belong to. */
function byEntity(projection: Projection, events: readonly RecordedEvent[]): Map<string, Step[]> {
  const grouped = new Map<string, Step[]>();
  for (const event of events) {
    const { aggregate, entityId } = parseStreamId(event.streamId);
    if (ownOf(projection.folds, aggregate) === undefined) continue;
    const group = grouped.get(entityId);
    if (group === undefined) grouped.set(entityId, [{ event, aggregate }]);
    else group.push({ event, aggregate });
  }
  return grouped;
}

/** @returns false when all of them were known */
async function foldSteps(
  projection: Projection,
  folding: Folding,
  steps: readonly Step[],
  store: Pick<EventStore, 'read'>,
): Promise<boolean> {
  let changed = false;
  for (const { event, aggregate } of steps) {
    const due = nextRevision(folding, aggregate);
    if (event.revision < due) continue;
    const missing = event.revision - due;
    if (missing > 0) {
      for (const earlier of await readMissing(store, event.streamId, due, missing)) {
        foldEvent(projection, folding, earlier, aggregate);
      }
    }
    foldEvent(projection, folding, event, aggregate);
    changed = true;
  }
  return changed;
}

async function readMissing(
  store: Pick<EventStore, 'read'>,
  streamId: string,
  from: number,
  count: number,
): Promise<readonly RecordedEvent[]> {
  const missing: RecordedEvent[] = [];
  while (missing.length < count) {
    const page = await store.read(streamId, from + missing.length, Math.min(1000, count - missing.length));
    if (page.length === 0) throw new Error(`${streamId} ends before revision ${from + count}, which was delivered`);
    missing.push(...page);
  }
  return missing;
}
