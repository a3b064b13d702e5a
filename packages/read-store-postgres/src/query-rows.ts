import {
  type FoundRow,
  type ListRequest,
  orderOf,
  type Page,
  type Projection,
  pageWithNext,
  placeOfCursor,
  type Revisions,
  type Row,
} from '@daybook/core';
import type { Database } from '@daybook/postgres';
import pg from 'pg';
import { queryLive, whileLive } from './live.ts';
import { tableOf } from './tables.ts';

/** The row of an entity, if it has one to show. */
export async function getRow(
  database: Database,
  projection: Projection,
  entityId: string,
): Promise<FoundRow | undefined> {
  const { label, name, key, columns } = tableOf(projection);
  const [found] = await queryLive<Row & { _revisions: Revisions }>(database, projection, {
    name: `get ${label}`,
    text: `
      select ${columns.map((column) => column.name).join(', ')},
        (select json_object_agg(part.key, part.value -> 'revision') from json_each(_parts) part) as _revisions
      from ${name} where ${key} = $1 and _present and ${whileLive(projection)}`,
    values: [entityId],
  });
  if (found === undefined) return undefined;
  const { _revisions, ...row } = found;
  return { row, revisions: _revisions };
}

/**
 * Keyset pages: the cursor is the last row's place in the order, so that rows which come or go meanwhile shift nothing.
 * @throws MalformedMessage `invalid_cursor`
 */
export async function listRows(
  database: Database,
  projection: Projection,
  { filters, limit, cursor }: ListRequest,
): Promise<Page> {
  const { name, itemKey, columns } = tableOf(projection);
  const orderBy = orderOf(projection)
    .map((column) => pg.escapeIdentifier(column))
    .join(', ');
  const values: unknown[] = [limit + 1];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = [whileLive(projection), ...(itemKey === undefined ? ['_present'] : [])];
  for (const [column, value] of Object.entries(filters)) {
    conditions.push(`${pg.escapeIdentifier(column)} = ${parameter(value)}`);
  }
  if (cursor !== undefined) {
    conditions.push(`(${orderBy}) > (${placeOfCursor(projection, cursor).map(parameter).join(', ')})`);
  }
  const text = `select ${columns.map((column) => column.name).join(', ')} from ${name}
      where ${conditions.join(' and ')} order by ${orderBy} limit $1`;
  const rows = await queryLive<Row>(database, projection, { name: nameOf(text), text, values });
  return pageWithNext(projection, rows, limit);
}

const names = new Map<string, string>();

/** A name of its own for each way to list, so that it is parsed and planned once a connection. */
function nameOf(text: string): string {
  const name = names.get(text) ?? `list ${names.size}`;
  names.set(text, name);
  return name;
}
