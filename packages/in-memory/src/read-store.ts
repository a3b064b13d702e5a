import type { FoldedRow, ListRequest, Page, Projection, ReadStore, StoredRow } from '@daybook/core';

/** Read models in this process's memory, for tests of what is built on the port. */
export class InMemoryReadStore implements ReadStore {
  readonly #tables = new Map<string, Map<string, FoldedRow>>();

  #table(projection: Projection): Map<string, FoldedRow> {
    const name = `${projection.name}_v${projection.version}`;
    const table = this.#tables.get(name) ?? new Map<string, FoldedRow>();
    this.#tables.set(name, table);
    return table;
  }

  async load(projection: Projection, entityIds: readonly string[]): Promise<Map<string, StoredRow>> {
    const table = this.#table(projection);
    return new Map(
      entityIds.flatMap((id) => (table.has(id) ? [[id, structuredClone(table.get(id) as FoldedRow)]] : [])),
    );
  }

  async save(projection: Projection, rows: readonly FoldedRow[]): Promise<number> {
    const table = this.#table(projection);
    const fitting = rows.filter(({ entityId, version }) => (table.get(entityId)?.version ?? 0) === version - 1);
    for (const row of fitting) table.set(row.entityId, structuredClone(row));
    return fitting.length;
  }

  async get(projection: Projection, entityId: string) {
    return this.#table(projection).get(entityId)?.row;
  }

  /** Filters and orders as the port says; the cursor is the key of the last row. */
  async list(projection: Projection, { filters, limit, cursor }: ListRequest): Promise<Page> {
    const { key, list } = projection;
    const place = (row: Record<string, unknown>) => JSON.stringify([row[list.orderBy], row[key]]);
    const rows = [...this.#table(projection).values()]
      .flatMap(({ row }) => (row === undefined ? [] : [row]))
      .filter((row) => Object.entries(filters).every(([column, value]) => String(row[column]) === value))
      .sort((a, b) => (place(a) < place(b) ? -1 : 1))
      .filter((row) => cursor === undefined || place(row) > cursor);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return { rows: page, next: last && place(last) };
  }

  async ping() {}

  async close() {}
}
