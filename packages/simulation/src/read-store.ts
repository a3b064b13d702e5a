import type { FoldedRow, ListRequest, Projection, ReadStore, StoredRow } from '@daybook/core';
import type { Guard } from './guards.ts';
import type { Network } from './network.ts';
import type { Process } from './process.ts';
import { Violation } from './violation.ts';

/** What the read store's server keeps. Rows are never changed in place, so they need no copies. */
export class Tables {
  readonly #tables = new Map<string, Map<string, FoldedRow>>();
  readonly #without: Guard | undefined;

  constructor(without: Guard | undefined) {
    this.#without = without;
  }

  /** The rows of a projection, by entity. */
  table({ name }: { name: string }): Map<string, FoldedRow> {
    const table = this.#tables.get(name) ?? new Map<string, FoldedRow>();
    this.#tables.set(name, table);
    return table;
  }

  /** Writes the rows whose stored version is still one less. @throws Violation when a row would know less than before */
  save(projection: Projection, rows: readonly FoldedRow[]): number {
    const table = this.table(projection);
    const fits = ({ entityId, version }: FoldedRow) =>
      this.#without === 'row compare-and-set' || (table.get(entityId)?.version ?? 0) === version - 1;
    const fitting = rows.filter(fits);
    for (const row of fitting) {
      for (const [aggregate, { revision }] of Object.entries(table.get(row.entityId)?.parts ?? {})) {
        const after = row.parts[aggregate]?.revision ?? -1;
        if (after >= revision) continue;
        const seen = `${projection.name} ${row.entityId} ${aggregate} ${revision} → ${after}`;
        throw new Violation('tokens never go backwards', seen);
      }
      table.set(row.entityId, row);
    }
    return fitting.length;
  }
}

/** A process's way to the tables. */
export function readStoreOf(tables: Tables, network: Network, process: Process): ReadStore {
  const call = <Answer>(label: string, changes: boolean, effect: () => Answer) =>
    network.call(process, { server: 'read store', label, changes, effect });
  return {
    load: (projection, entityIds) =>
      call(`loads ${projection.name}`, false, () => {
        const table = tables.table(projection);
        const found = new Map<string, StoredRow>();
        for (const id of entityIds) {
          const row = table.get(id);
          if (row !== undefined) found.set(id, row);
        }
        return found;
      }),
    save: (projection, rows) => call(`saves ${projection.name}`, true, () => tables.save(projection, rows)),
    get: (projection, entityId) =>
      call(`queries ${projection.name}`, false, () => tables.table(projection).get(entityId)?.row),
    list: (projection, { limit }: ListRequest) =>
      call(`lists ${projection.name}`, false, () => {
        const { orderBy } = projection.list;
        const rows = [...tables.table(projection).values()].flatMap(({ row }) => (row === undefined ? [] : [row]));
        rows.sort((one, other) => (String(one[orderBy]) < String(other[orderBy]) ? -1 : 1));
        return { rows: rows.slice(0, limit), next: undefined };
      }),
    ping: async () => {},
    close: async () => {},
  };
}
