import {
  type FoldedEntity,
  type FoundRow,
  type ItemKey,
  type Projection,
  type Row,
  type RowProjection,
  revisionsOf,
  type StoredEntity,
  Watchers,
} from '@daybook/core';
import type { Guard } from './guards.ts';
import { Violation } from './violation.ts';

/** What the read store's server keeps of one projection. Nothing in it is changed in place, so nothing needs a copy. */
interface Table {
  readonly entities: Map<string, StoredEntity>;
  /** By entity, then by item key. */
  readonly rows: Map<string, ReadonlyMap<ItemKey, Row>>;
}

/** What the read store's server keeps. */
export class Tables {
  readonly #tables = new Map<string, Table>();
  readonly #watchers = new Watchers();
  readonly #without: Guard | undefined;

  constructor(without: Guard | undefined) {
    this.#without = without;
  }

  #table({ name }: Projection): Table {
    const table = this.#tables.get(name) ?? { entities: new Map(), rows: new Map() };
    this.#tables.set(name, table);
    return table;
  }

  load(projection: Projection, entityIds: readonly string[]): Map<string, StoredEntity> {
    const { entities } = this.#table(projection);
    const found = new Map<string, StoredEntity>();
    for (const id of entityIds) {
      const entity = entities.get(id);
      if (entity !== undefined) found.set(id, entity);
    }
    return found;
  }

  /** Writes the entities whose stored version is still one less, with their rows. @throws Violation when one would know less than before */
  save(projection: Projection, folded: readonly FoldedEntity[]): number {
    const { entities } = this.#table(projection);
    const fits = ({ entityId, version }: FoldedEntity) =>
      this.#without === 'row compare-and-set' || (entities.get(entityId)?.version ?? 0) === version - 1;
    const fitting = folded.filter(fits);
    for (const entity of fitting) {
      const { entityId, parts } = entity;
      for (const [aggregate, { revision }] of Object.entries(entities.get(entityId)?.parts ?? {})) {
        const after = parts[aggregate]?.revision ?? -1;
        if (after >= revision) continue;
        const seen = `${projection.name} ${entityId} ${aggregate} ${revision} → ${after}`;
        throw new Violation('tokens never go backwards', seen);
      }
      entities.set(entityId, entity);
      this.write(projection, entity);
    }
    for (const { entityId } of fitting) this.#watchers.tell(`${projection.name}/${entityId}`);
    if (fitting.length > 0) this.#watchers.tell(projection.name);
    return fitting.length;
  }

  /** Calls `onChange` at each save of the entity, or of any when it is undefined, until it is told to stop. */
  watch({ name }: Projection, entityId: string | undefined, onChange: () => void): () => void {
    return this.#watchers.add(entityId === undefined ? name : `${name}/${entityId}`, onChange);
  }

  /** The rows of an entity, without a look at its version. */
  write(projection: Projection, { entityId, put, remove }: FoldedEntity): void {
    const { rows } = this.#table(projection);
    const { key, itemKey = key } = projection;
    const items = new Map(rows.get(entityId));
    for (const item of remove) items.delete(item);
    for (const row of put) items.set(row[itemKey] as ItemKey, row);
    rows.set(entityId, items);
  }

  /** The rows of an entity, in the order they came. */
  rowsOf(projection: Projection, entityId: string): readonly Row[] {
    return [...(this.#table(projection).rows.get(entityId)?.values() ?? [])];
  }

  /** The row of an entity that has one, with what it counts. */
  find(projection: RowProjection, entityId: string): FoundRow | undefined {
    const { entities } = this.#table(projection);
    const [row] = this.rowsOf(projection, entityId);
    return row && { row, revisions: revisionsOf(entities.get(entityId) as StoredEntity) };
  }

  /** All rows of a projection. */
  allRows(projection: Projection): readonly Row[] {
    return [...this.#table(projection).rows.values()].flatMap((items) => [...items.values()]);
  }
}
