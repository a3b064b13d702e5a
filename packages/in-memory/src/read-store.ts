import {
  buildNameOf,
  type FoldedEntity,
  type ItemKey,
  type ListRequest,
  NotLive,
  orderOf,
  type Page,
  type Projection,
  type ReadStore,
  type Row,
  type RowProjection,
  type StoredEntity,
  Watchers,
} from '@daybook/core';
import { InMemoryBuilds } from './builds.ts';

/** What is kept of one projection, by entity; an entity's rows by item key. */
interface Table {
  readonly entities: Map<string, StoredEntity>;
  readonly rows: Map<string, Map<ItemKey, Row>>;
}

/** Read models in this process's memory, for tests of what is built on the port. */
export class InMemoryReadStore implements ReadStore {
  readonly #tables = new Map<string, Table>();
  readonly builds = new InMemoryBuilds();
  readonly #watchers = new Watchers();

  #table(projection: Projection): Table {
    const name = buildNameOf(projection);
    const table = this.#tables.get(name) ?? { entities: new Map(), rows: new Map() };
    this.#tables.set(name, table);
    return table;
  }

  #liveTable(projection: Projection): Table {
    if (projection.build !== undefined && !this.builds.isLive(projection)) throw new NotLive(buildNameOf(projection));
    return this.#table(projection);
  }

  async load(projection: Projection, entityIds: readonly string[]): Promise<Map<string, StoredEntity>> {
    const { entities } = this.#table(projection);
    return new Map(
      entityIds.flatMap((id) => {
        const entity = entities.get(id);
        return entity === undefined ? [] : [[id, structuredClone(entity)]];
      }),
    );
  }

  async save(projection: Projection, folded: readonly FoldedEntity[]): Promise<number> {
    await this.builds.writable(projection);
    const { entities, rows } = this.#table(projection);
    const { key, itemKey = key } = projection;
    const fitting = folded.filter(({ entityId, version }) => (entities.get(entityId)?.version ?? 0) === version - 1);
    for (const { put, remove, ...entity } of structuredClone(fitting)) {
      entities.set(entity.entityId, entity);
      const items = rows.get(entity.entityId) ?? new Map<ItemKey, Row>();
      rows.set(entity.entityId, items);
      for (const item of remove) items.delete(item);
      for (const row of put) items.set(row[itemKey] as ItemKey, row);
    }
    for (const { entityId } of fitting) this.#watchers.tell(keyOf(projection, entityId));
    if (fitting.length > 0) this.#watchers.tell(keyOf(projection, undefined));
    return fitting.length;
  }

  async get(projection: RowProjection, entityId: string) {
    return this.#liveTable(projection).rows.get(entityId)?.get(entityId);
  }

  /** Filters and orders as the port says; the cursor is the place of the last row. */
  async list(projection: Projection, { filters, limit, cursor }: ListRequest): Promise<Page> {
    const columns = orderOf(projection);
    const place = (row: Row) => columns.map((column) => row[column] as Comparable);
    const after = cursor === undefined ? undefined : (JSON.parse(cursor) as Comparable[]);
    const rows = [...this.#liveTable(projection).rows.values()]
      .flatMap((items) => [...items.values()])
      .filter((row) => Object.entries(filters).every(([column, value]) => String(row[column]) === value))
      .sort((a, b) => compare(place(a), place(b)))
      .filter((row) => after === undefined || compare(place(row), after) > 0);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return { rows: page, next: last && JSON.stringify(place(last)) };
  }

  watch(projection: Projection, entityId: string | undefined, onChange: () => void) {
    return this.#watchers.add(keyOf(projection, entityId), onChange);
  }

  async ping() {}

  async close() {}
}

function keyOf({ name, version }: Projection, entityId: string | undefined): string {
  return JSON.stringify([name, version, entityId]);
}

type Comparable = string | number | boolean;

function compare(one: readonly Comparable[], other: readonly Comparable[]): number {
  const place = one.findIndex((value, index) => value !== other[index]);
  if (place < 0) return 0;
  return (one[place] as Comparable) < (other[place] as Comparable) ? -1 : 1;
}
