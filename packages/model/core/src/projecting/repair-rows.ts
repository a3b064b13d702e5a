import { ownOf } from '../messages/own-of.ts';
import { parseStreamId, streamIdOf } from '../messages/stream-id.ts';
import type { ItemKey, Projection, Row } from '../modelling/projection.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Mark, MarkedGroup, Proof } from '../ports/marks.ts';
import type { FoldedEntity, ReadStore, StoredEntity, StoredPart } from '../ports/read-store.ts';
import { foldEvent, folded, unfolded } from './fold-entity.ts';

/** What rows are repaired with. */
export interface Repairing {
  readonly projection: Projection;
  /** The group that keeps the rows. */
  readonly group: MarkedGroup;
  readonly rows: Pick<ReadStore, 'listEntities' | 'load' | 'list' | 'save' | 'loadMarks' | 'replaceMarks'>;
  readonly store: Pick<EventStore, 'read' | 'readFeed' | 'groupProgress' | 'proveMarks'>;
  /** Whether only to say what differs. */
  readonly planOnly?: boolean;
  /** Called after each page, with how many entities were compared so far. */
  readonly onProgress?: (compared: number) => void;
}

/** What became of it. */
export interface Repaired {
  /** Entities that were compared with the log. */
  readonly compared: number;
  /** Those that were folded again, or would have to be. */
  readonly differing: readonly string[];
}

/** Entities compared at once. */
const PAGE = 200;
/** Events of a stream read at once. */
const EVENTS = 1000;
/** Rows of an entity read at once. */
const ROWS = 1000;
/** Rounds of comparing again what somebody else wrote meanwhile. */
const MAX_ROUNDS = 20;

/**
 * Folds every entity that has rows from its streams, and writes it where it differs; then the marks say where the group goes on.
 * It may run beside the group: each entity is written by compare-and-set, as always.
 * @throws Unavailable; Error when an entity changes all the time
 */
export async function repairRows(parts: Repairing): Promise<Repaired> {
  const { projection, rows, planOnly = false, onProgress = () => {} } = parts;
  const differing: string[] = [];
  let compared = 0;
  let after: string | undefined;
  for (;;) {
    const page = await rows.listEntities(projection, after, PAGE);
    if (page.length === 0) break;
    const again = await repairPage(parts, page);
    differing.push(...again);
    compared += page.length;
    after = page.at(-1)?.entityId;
    onProgress(compared);
  }
  if (!planOnly) await renewMarks(parts);
  return { compared, differing };
}

/** @returns the entities that differed */
async function repairPage(parts: Repairing, page: readonly StoredEntity[]): Promise<string[]> {
  const { projection, rows, planOnly = false } = parts;
  const differing = new Set<string>();
  let open = page;
  for (let round = 1; open.length > 0; round++) {
    if (round > MAX_ROUNDS) throw new Error(`${projection.name}: entities keep changing while they are repaired`);
    const found = await Promise.all(open.map((stored) => compare(parts, stored)));
    const changed = found.filter((entity) => entity !== undefined);
    for (const { entityId } of changed) differing.add(entityId);
    if (changed.length === 0 || planOnly) break;
    if ((await rows.save(projection, changed)) === changed.length) break;
    open = [
      ...(
        await rows.load(
          projection,
          changed.map(({ entityId }) => entityId),
        )
      ).values(),
    ];
  }
  return [...differing];
}

/** @returns what is to be written of the entity; undefined when it is as the log says */
async function compare(parts: Repairing, stored: StoredEntity): Promise<FoldedEntity | undefined> {
  const { projection, rows } = parts;
  const { entityId } = stored;
  const { entity, isEmpty } = await foldFromStreams(parts, stored);
  if (projection.itemKey === undefined) {
    const wanted = isEmpty ? { ...entity, put: [], remove: [entityId] } : entity;
    return sameParts(stored, entity) ? undefined : wanted;
  }
  const { itemKey } = projection;
  const keyOf = (row: Row) => ownOf(row, itemKey) as ItemKey;
  const present: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await rows.list(projection, { filters: { [projection.key]: entityId }, limit: ROWS, cursor });
    present.push(...page.rows);
    cursor = page.next;
  } while (cursor !== undefined);
  if (sameParts(stored, entity) && sameRows(present, entity.put)) return undefined;
  const wanted = new Set(entity.put.map(keyOf));
  return { ...entity, remove: present.map(keyOf).filter((key) => !wanted.has(key)) };
}

/** What the service itself has written stays: no aggregate's name begins like that. */
function isOwn(aggregate: string): boolean {
  return aggregate.startsWith('_');
}

async function foldFromStreams({ projection, group, store }: Repairing, stored: StoredEntity) {
  const { entityId, version } = stored;
  const own = Object.entries(stored.parts).filter(([aggregate]) => isOwn(aggregate));
  const folding = unfolded({ entityId, version, parts: Object.fromEntries(own) });
  let isEmpty = true;
  for (const aggregate of Object.keys(projection.folds).filter((name) => !isOwn(name))) {
    const stream = streamIdOf(group.context, aggregate, entityId);
    for (let from = 0; ; from += EVENTS) {
      const events = await store.read(stream, from, EVENTS);
      for (const event of events) foldEvent(projection, folding, event, parseStreamId(stream).aggregate);
      if (events.length > 0) isEmpty = false;
      if (events.length < EVENTS) break;
    }
  }
  return { entity: folded(projection, folding), isEmpty };
}

function sameParts({ parts: stored }: StoredEntity, { parts }: StoredEntity): boolean {
  const text = (all: Readonly<Record<string, StoredPart>>) =>
    JSON.stringify(
      Object.keys(all)
        .sort()
        .map((aggregate) => [aggregate, ownOf(all, aggregate)]),
    );
  return text(stored) === text(parts);
}

function sameRows(present: readonly Row[], wanted: readonly Row[]): boolean {
  const text = (rows: readonly Row[]) =>
    rows
      .map((row) => JSON.stringify(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1))))
      .sort()
      .join();
  return text(present) === text(wanted);
}

/** The rows agree with the log up to its end now; what they had completely before, as far as the group had come, they still have. */
async function renewMarks({ projection, group, rows, store }: Repairing): Promise<void> {
  const { head } = await store.groupProgress(group.group, group.context);
  const stored = await rows.loadMarks(projection);
  const [last] = head === 0 ? [] : await store.readFeed(group.context, head - 1, 1);
  const complete = ({ checkpoint, mark }: Proof) =>
    Math.min(checkpoint, mark?.complete ?? (stored.adopts ? checkpoint : 0), last?.position ?? 0);
  const proofs = await store.proveMarks(group, stored);
  const put = proofs.flatMap((proof): Mark[] =>
    last === undefined
      ? []
      : [
          {
            partition: proof.partition,
            position: last.position,
            eventId: last.id,
            recordedAt: last.metadata.recorded_at,
            complete: complete(proof),
          },
        ],
  );
  await rows.replaceMarks(projection, { remove: stored.marks, put });
}
