import { isCommandRejected, type RecordedEvent } from './event.ts';
import type { EventStore } from './ports/event-store.ts';
import type { FoldedRow, ReadStore, StoredPart, StoredRow } from './ports/read-store.ts';
import type { Projection } from './projection.ts';
import { partsOf } from './stream-id.ts';

/** Rounds of reading again after somebody else wrote a row first; more means two writers that can't agree. */
const MAX_ROUNDS = 20;

/**
 * Folds a batch of events into the rows of a projection: next revision: apply; known: skip; a gap: read what is missing.
 * The same rows result from any order, repetition and interleaving of batches, with any number of writers.
 * @throws Unavailable
 */
export async function applyProjection(
  projection: Projection,
  events: readonly RecordedEvent[],
  { rows, store }: { rows: ReadStore; store: EventStore },
): Promise<void> {
  let open = byEntity(projection, events);
  for (let round = 1; open.size > 0; round++) {
    if (round > MAX_ROUNDS)
      throw new Error(`${projection.name}: rows keep changing under ${MAX_ROUNDS} attempts to write them`);
    const stored = await rows.load(projection, [...open.keys()]);
    const changed: FoldedRow[] = [];
    for (const [entityId, entityEvents] of open) {
      const before = stored.get(entityId) ?? { entityId, version: 0, parts: {} };
      const after = await foldRow(projection, before, entityEvents, store);
      if (after !== undefined) changed.push(after);
    }
    if (changed.length === 0) return;
    if ((await rows.save(projection, changed)) === changed.length) return;
    open = new Map(changed.map(({ entityId }) => [entityId, open.get(entityId) as RecordedEvent[]]));
  }
}

/** The events that the projection folds, by the row they belong to. */
function byEntity(projection: Projection, events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> {
  const grouped = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const { aggregate, entityId } = partsOf(event.streamId);
    if (projection.folds[aggregate] === undefined) continue;
    const group = grouped.get(entityId);
    if (group === undefined) grouped.set(entityId, [event]);
    else group.push(event);
  }
  return grouped;
}

/** @returns the row with the events folded in, or undefined when it knew them all */
async function foldRow(
  projection: Projection,
  before: StoredRow,
  events: readonly RecordedEvent[],
  store: EventStore,
): Promise<FoldedRow | undefined> {
  const parts: Record<string, StoredPart> = { ...before.parts };
  let changed = false;
  for (const event of events) {
    const { aggregate } = partsOf(event.streamId);
    const known = parts[aggregate]?.revision ?? -1;
    if (event.revision <= known) continue;
    const missing = event.revision - known - 1;
    if (missing > 0) {
      for (const earlier of await readMissing(store, event.streamId, known + 1, missing)) {
        parts[aggregate] = foldEvent(projection, aggregate, parts[aggregate], earlier);
      }
    }
    parts[aggregate] = foldEvent(projection, aggregate, parts[aggregate], event);
    changed = true;
  }
  if (!changed) return undefined;
  return {
    entityId: before.entityId,
    version: before.version + 1,
    parts,
    row: combineRow(projection, before.entityId, parts),
  };
}

async function readMissing(
  store: EventStore,
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

/** One step of the fold; refused commands only move the revision. */
export function foldEvent(
  projection: Projection,
  aggregate: string,
  before: StoredPart | undefined,
  event: RecordedEvent,
): StoredPart {
  const fold = projection.folds[aggregate];
  if (fold === undefined) throw new Error(`${projection.name} folds no ${aggregate}`);
  const part = before?.part ?? fold.initial;
  if (isCommandRejected(event)) return { revision: event.revision, part };
  const next = fold.evolve(part, event);
  if (next === undefined) throw new Error(`${projection.name} v${projection.version} does not know ${event.type}`);
  return { revision: event.revision, part: next };
}

/** The row that the parts make; a stream that said nothing yet counts with its fold's initial part. */
export function combineRow(
  projection: Projection,
  entityId: string,
  stored: Readonly<Record<string, StoredPart>>,
): Record<string, unknown> | undefined {
  const parts: Record<string, unknown> = {};
  for (const [aggregate, fold] of Object.entries(projection.folds)) {
    parts[aggregate] = stored[aggregate] === undefined ? fold.initial : stored[aggregate].part;
  }
  return projection.combine(entityId, parts);
}
