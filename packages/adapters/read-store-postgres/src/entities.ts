import type { FoldedEntity, NextMark, Projection, StoredEntity, StoredPart } from '@daybook/core';
import type { Database, Statement } from '@daybook/postgres';
import { CHANNEL, payloadsOf } from './changes.ts';
import { jsonOf, jsonOfAll } from './json.ts';
import { marked, marksJson, storeMarks } from './marks.ts';
import { tableOf } from './tables.ts';

/** What is stored of an entity. */
interface EntityRow {
  key: string;
  _version: number;
  _parts: Record<string, StoredPart>;
}

/** A row as the port has it. */
function entityOf({ key, _version, _parts }: EntityRow): StoredEntity {
  return { entityId: key, version: _version, parts: _parts };
}

/** What is stored of these entities, as far as there is anything. */
export async function loadEntities(
  database: Database,
  projection: Projection,
  entityIds: readonly string[],
): Promise<Map<string, StoredEntity>> {
  const { label, entities, key } = tableOf(projection);
  const found = await database.query<EntityRow>({
    name: `load ${label}`,
    // 'where key = any($1)' would be planned as a scan while the table is small, and the plan kept as it grows:
    // one lookup for each key, of which 'limit 1' lets the planner make nothing else.
    text: `
      select stored.* from unnest($1::text[]) as wanted (key) cross join lateral (
        select ${key} as key, _version, _parts from ${entities} where ${key} = wanted.key limit 1
      ) stored`,
    values: [entityIds],
  });
  return new Map(found.map((row) => [row.key, entityOf(row)]));
}

/** Entities after one, by id. */
export async function listEntities(
  database: Database,
  projection: Projection,
  after: string | undefined,
  limit: number,
): Promise<StoredEntity[]> {
  const { label, entities, key } = tableOf(projection);
  const found = await database.query<EntityRow>({
    name: `entities ${label}`,
    text: `
      select ${key} as key, _version, _parts from ${entities}
      where $1::text is null or ${key} > $1 order by ${key} limit $2`,
    values: [after ?? null, limit],
  });
  return found.map(entityOf);
}

/**
 * One statement, hence one transaction: writes each entity that is still at the version it was folded from, its rows, and how
 * far they are, and tells who watches them once it is committed.
 */
export async function saveEntities(
  database: Database,
  projection: Projection,
  folded: readonly FoldedEntity[],
  marks: readonly NextMark[] = [],
): Promise<number> {
  if (folded.length === 0) {
    if (marks.length > 0) await storeMarks(database, projection, marks);
    return 0;
  }
  const statement =
    projection.itemKey === undefined ? saveRows(projection, folded, marks) : saveItems(projection, folded, marks);
  const [saved] = await database.query<{ written: number }>({
    name: `save ${tableOf(projection).label}`,
    ...statement,
  });
  return saved?.written ?? 0;
}

/** One row an entity: the row carries version and parts. */
function saveRows(projection: Projection, folded: readonly FoldedEntity[], marks: readonly NextMark[]): Statement {
  const { label, name, key, columns } = tableOf(projection);
  const rows = folded.map(({ entityId, version, parts, put: [row] }) =>
    jsonOf(row ?? { [projection.key]: entityId }, { _version: version, _parts: parts, _present: row !== undefined }),
  );
  return {
    text: `
      with written as (
        ${compareAndSet(name, key, [...columns.map((column) => column.name), '_version', '_parts', '_present'])}
      ), ${told(2)}, ${markedWith(3)}
      select count(*) as written, case when count(*) > 0 then (select count(*) from told) end as told from written`,
    values: [`[${rows.join()}]`, changedBy(projection, folded), label, marksJson(marks), folded.length],
  };
}

/**
 * Several rows an entity: those of the entities that were written, and no others, change with them. Nobody else can
 * have changed them since they were folded, because the entity would have another version, nor change them now,
 * because its entity is locked: so the statement's own view of them is the last.
 */
function saveItems(projection: Projection, folded: readonly FoldedEntity[], marks: readonly NextMark[]): Statement {
  const { label, name, entities, key, itemKey, columns } = tableOf(projection);
  const names = columns.map((column) => column.name);
  const removed = folded.flatMap(({ entityId, remove }) =>
    remove.map((item) => ({ [projection.key]: entityId, [projection.itemKey as string]: item })),
  );
  return {
    text: `
      with written as (${compareAndSet(entities, key, [key, '_version', '_parts'])}), removed as (
        delete from ${name} as stored using json_populate_recordset(null::${name}, $2) as gone join written using (${key})
        where stored.${key} = gone.${key} and stored.${itemKey} = gone.${itemKey}
      ), put as (
        insert into ${name} (${names.join(', ')})
        select ${names.map((column) => `item.${column}`).join(', ')}
        from json_populate_recordset(null::${name}, $3) as item join written using (${key})
        on conflict (${key}, ${itemKey}) do update set ${assigned(names)}
      ), ${told(4)}, ${markedWith(5)}
      select count(*) as written, case when count(*) > 0 then (select count(*) from told) end as told from written`,
    values: [
      jsonOfAll(folded.map((entity) => storedOf(projection, entity))),
      jsonOfAll(removed),
      jsonOfAll(folded.flatMap(({ put }) => put)),
      changedBy(projection, folded),
      label,
      marksJson(marks),
      folded.length,
    ],
  };
}

/** Notifies once a save, not once a row: each costs. Not at all where nothing was written. @param n the payloads' parameter */
function told(n: number): string {
  return `told as (select pg_notify('${CHANNEL}', payload) from unnest($${n}::text[]) as payload)`;
}

/** @param n the first of three parameters: the table, the marks, and how many entities are to be written */
function markedWith(n: number): string {
  const allWritten = `(select count(*) from written) = $${n + 2}::bigint`;
  return marked({ rows: `$${n}::text`, marks: `$${n + 1}`, allWritten });
}

function changedBy(projection: Projection, folded: readonly FoldedEntity[]): readonly string[] {
  return payloadsOf(
    projection,
    folded.map(({ entityId }) => entityId),
  );
}

/** Entities are locked in key order, so that two writers can't lock each other out. */
function compareAndSet(table: string, key: string, columns: readonly string[]): string {
  return `
      insert into ${table} as stored (${columns.join(', ')})
      select ${columns.join(', ')} from json_populate_recordset(null::${table}, $1) order by ${key}
      on conflict (${key}) do update set ${assigned(columns)}
      where stored._version = excluded._version - 1
      returning stored.${key}`;
}

function assigned(columns: readonly string[]): string {
  return columns.map((column) => `${column} = excluded.${column}`).join(', ');
}

function storedOf(projection: Projection, { entityId, version, parts }: StoredEntity) {
  return { [projection.key]: entityId, _version: version, _parts: parts };
}
