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
import { equals, type Table, tableOf } from './tables.ts';

/** A page ends before its rows take more, bytes, unless there is but one: the service and its client have to hold it. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** The row of an entity, if it has one to show. */
export async function getRow(
  database: Database,
  projection: Projection,
  entityId: string,
): Promise<FoundRow | undefined> {
  const { label, name, key, columns } = tableOf(projection);
  const statement = {
    name: `get ${label}`,
    text: `
      select ${columns.map((column) => column.name).join(', ')},
        (select json_object_agg(part.key, part.value -> 'revision') from json_each(_parts) part) as _revisions
      from ${name} where ${key} = $1 and _present and ${whileLive(projection)}`,
    values: [entityId],
  };
  const [found] = await queryLive<Row & { _revisions: Revisions }>(database, projection, statement, 'id');
  if (found === undefined) return undefined;
  const { _revisions, ...row } = found;
  return { row, revisions: _revisions };
}

/**
 * Keyset pages: the cursor is the last row's place in the order, so that rows which come or go meanwhile shift nothing.
 * @throws MalformedMessage `invalid_cursor`, `invalid_filter`
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
    conditions.push(equals(projection, column, parameter(value)));
  }
  if (cursor !== undefined) {
    conditions.push(`(${orderBy}) > (${placeOfCursor(projection, cursor).map(parameter).join(', ')})`);
  }
  const names = columns.map((column) => column.name).join(', ');
  const text = `
    select ${names}, _found::integer
    from (
      select *, count(*) over () as _found, row_number() over whole as _nth, sum(${bytesOf(columns)}) over whole as _bytes
      from (
        select ${names} from ${name} where ${conditions.join(' and ')} order by ${orderBy} limit $1
      ) page
      window whole as (order by ${orderBy})
    ) weighed
    where _nth = 1 or _bytes <= ${MAX_PAGE_BYTES} order by ${orderBy}`;
  const asked = cursor === undefined ? 'filter' : 'cursor';
  const statement = { name: nameOf(text), text, values };
  const found = await queryLive<Row & { _found: number }>(database, projection, statement, asked);
  const isCut = found.length < (found[0]?._found ?? 0);
  const rows = found.map(({ _found, ...row }) => row);
  return pageWithNext(projection, rows, limit, isCut);
}

/** An expression for what a row takes: its texts and its JSON, the rest is small. Of a text the length alone is read. */
function bytesOf(columns: Table['columns']): string {
  const large = columns.filter(({ type }) => type === 'text' || type.startsWith('json'));
  return [
    '0',
    ...large.map(({ name, type }) => `coalesce(octet_length(${name}${type === 'text' ? '' : '::text'}), 0)`),
  ].join(' + ');
}

const names = new Map<string, string>();

/** A name of its own for each way to list, so that it is parsed and planned once a connection. */
function nameOf(text: string): string {
  const name = names.get(text) ?? `list ${names.size}`;
  names.set(text, name);
  return name;
}
