import {
  buildNameOf,
  type CountByDay,
  type DayCounts,
  type Days,
  type FoldedEntity,
  type FoundRow,
  type ItemKey,
  type ListRequest,
  listPage,
  NotLive,
  ownOf,
  type Page,
  type Projection,
  type ReadStore,
  type Row,
  type RowProjection,
  revisionsOf,
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
      for (const row of put) items.set(ownOf(row, itemKey) as ItemKey, row);
    }
    for (const { entityId } of fitting) this.#watchers.tell(keyOf(projection, entityId));
    if (fitting.length > 0) this.#watchers.tell(keyOf(projection, undefined));
    return fitting.length;
  }

  /** They would say what the rows say: both are in one process's memory. */
  async loadMarks() {
    return { marks: [], adopts: false };
  }

  async replaceMarks() {}

  async listEntities(projection: Projection, after: string | undefined, limit: number): Promise<StoredEntity[]> {
    const all = [...this.#table(projection).entities.values()].sort((a, b) => (a.entityId < b.entityId ? -1 : 1));
    return structuredClone(all.filter(({ entityId }) => after === undefined || entityId > after).slice(0, limit));
  }

  async get(projection: RowProjection, entityId: string): Promise<FoundRow | undefined> {
    const { entities, rows } = this.#liveTable(projection);
    const row = rows.get(entityId)?.get(entityId);
    return row && { row, revisions: revisionsOf(entities.get(entityId) as StoredEntity) };
  }

  async list(projection: Projection, request: ListRequest): Promise<Page> {
    return listPage(projection, this.#rowsOf(projection), request);
  }

  async countByDay(projection: Projection, { day, of }: CountByDay, { from, to }: Days): Promise<DayCounts[]> {
    const byDay = new Map<string, Record<string, number>>();
    for (const row of this.#rowsOf(projection)) {
      const on = (ownOf(row, day) as string | null)?.slice(0, '2026-01-31'.length);
      if (on === undefined || (from !== undefined && on < from) || (to !== undefined && on > to)) continue;
      const counts = byDay.get(on) ?? Object.fromEntries(Object.keys(of).map((name) => [name, 0]));
      byDay.set(on, counts);
      for (const [name, column] of Object.entries(of))
        counts[name] = (ownOf(counts, name) ?? 0) + (ownOf(row, column) === null ? 0 : 1);
    }
    return [...byDay].map(([on, counts]) => ({ day: on, counts })).sort((a, b) => (a.day < b.day ? -1 : 1));
  }

  #rowsOf(projection: Projection): Row[] {
    return [...this.#liveTable(projection).rows.values()].flatMap((items) => [...items.values()]);
  }

  watch(projection: Projection, entityId: string | undefined, onChange: () => void) {
    return this.#watchers.add(keyOf(projection, entityId), onChange);
  }

  async ping() {}

  async close() {}
}

function keyOf({ name, version, build }: Projection, entityId: string | undefined): string {
  return JSON.stringify([name, version, build, entityId]);
}
