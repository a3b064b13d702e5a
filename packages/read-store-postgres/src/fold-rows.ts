import type { FoldedRow, Projection, StoredPart, StoredRow } from '@daybook/core';
import type { Database } from '@daybook/postgres';
import { tableOf } from './tables.ts';

interface PartsRow {
  key: string;
  _version: number;
  _parts: Record<string, StoredPart>;
}

/** The rows of these entities, as far as there are any. */
export async function loadRows(
  database: Database,
  projection: Projection,
  entityIds: readonly string[],
): Promise<Map<string, StoredRow>> {
  const { name, key } = tableOf(projection);
  const rows = await database.query<PartsRow>({
    name: `load ${projection.name} v${projection.version}`,
    // 'where key = any($1)' would be planned as a scan while the table is small, and the plan kept as it grows:
    // one lookup for each key, of which 'limit 1' lets the planner make nothing else.
    text: `
      select stored.* from unnest($1::text[]) as wanted (key) cross join lateral (
        select ${key} as key, _version, _parts from ${name} where ${key} = wanted.key limit 1
      ) stored`,
    values: [entityIds],
  });
  return new Map(rows.map(({ key, _version, _parts }) => [key, { entityId: key, version: _version, parts: _parts }]));
}

/**
 * One statement, hence one transaction: writes each row that is still at the version it was folded from.
 * Rows are locked in key order, so that two writers can't lock each other out.
 */
export async function saveRows(
  database: Database,
  projection: Projection,
  rows: readonly FoldedRow[],
): Promise<number> {
  const { name, key, columns } = tableOf(projection);
  const all = [...columns.map((column) => column.name), '_version', '_parts', '_present'];
  const written = await database.query({
    name: `save ${projection.name} v${projection.version}`,
    text: `
      insert into ${name} as stored (${all.join(', ')})
      select ${all.join(', ')} from json_populate_recordset(null::${name}, $1) order by ${key}
      on conflict (${key}) do update set ${all.map((column) => `${column} = excluded.${column}`).join(', ')}
      where stored._version = excluded._version - 1
      returning 1`,
    values: [JSON.stringify(rows.map((row) => columnsOf(projection, row)))],
  });
  return written.length;
}

function columnsOf(projection: Projection, { entityId, version, parts, row }: FoldedRow) {
  return { [projection.key]: entityId, ...row, _version: version, _parts: parts, _present: row !== undefined };
}
