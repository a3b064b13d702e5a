import type {
  FoldedEntity,
  ItemKey,
  ListRequest,
  Projection,
  ReadStore,
  Row,
  RowProjection,
  StoredEntity,
} from '@daybook/core';
import type { Guard } from './guards.ts';
import type { Network } from './network.ts';
import type { Process } from './process.ts';
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
    const { entities, rows } = this.#table(projection);
    const { key, itemKey = key } = projection;
    const fits = ({ entityId, version }: FoldedEntity) =>
      this.#without === 'row compare-and-set' || (entities.get(entityId)?.version ?? 0) === version - 1;
    const fitting = folded.filter(fits);
    for (const entity of fitting) {
      const { entityId, parts, put, remove } = entity;
      for (const [aggregate, { revision }] of Object.entries(entities.get(entityId)?.parts ?? {})) {
        const after = parts[aggregate]?.revision ?? -1;
        if (after >= revision) continue;
        const seen = `${projection.name} ${entityId} ${aggregate} ${revision} → ${after}`;
        throw new Violation('tokens never go backwards', seen);
      }
      entities.set(entityId, entity);
      const items = new Map(rows.get(entityId));
      for (const item of remove) items.delete(item);
      for (const row of put) items.set(row[itemKey] as ItemKey, row);
      rows.set(entityId, items);
    }
    return fitting.length;
  }

  /** The rows of an entity, in the order they came. */
  rowsOf(projection: Projection, entityId: string): readonly Row[] {
    return [...(this.#table(projection).rows.get(entityId)?.values() ?? [])];
  }

  /** All rows of a projection. */
  allRows(projection: Projection): readonly Row[] {
    return [...this.#table(projection).rows.values()].flatMap((items) => [...items.values()]);
  }
}

/** A process's way to the tables. */
export function readStoreOf(tables: Tables, network: Network, process: Process): ReadStore {
  const call = <Answer>(label: string, changes: boolean, effect: () => Answer) =>
    network.call(process, { server: 'read store', label, changes, effect });
  return {
    load: (projection, entityIds) => call(`loads ${projection.name}`, false, () => tables.load(projection, entityIds)),
    save: (projection, entities) => call(`saves ${projection.name}`, true, () => tables.save(projection, entities)),
    get: (projection: RowProjection, entityId) =>
      call(`queries ${projection.name}`, false, () => tables.rowsOf(projection, entityId)[0]),
    list: async (projection, { limit }: ListRequest) => {
      return { rows: tables.allRows(projection).slice(0, limit), next: undefined };
    },
    ping: async () => {},
    close: async () => {},
  };
}
