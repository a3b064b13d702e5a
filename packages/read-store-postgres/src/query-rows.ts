import { type ListRequest, MalformedMessage, orderOf, type Page, type Projection, type Row } from '@daybook/core';
import type { Database } from '@daybook/postgres';
import pg from 'pg';
import { queryLive, whileLive } from './live.ts';
import { tableOf } from './tables.ts';

/** The row of an entity, if it has one to show. */
export async function getRow(database: Database, projection: Projection, entityId: string): Promise<Row | undefined> {
  const { label, name, key, columns } = tableOf(projection);
  const [row] = await queryLive<Row>(database, projection, {
    name: `get ${label}`,
    text: `select ${columns.map((column) => column.name).join(', ')} from ${name}
      where ${key} = $1 and _present and ${whileLive(projection)}`,
    values: [entityId],
  });
  return row;
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
  const order = orderOf(projection);
  const orderBy = order.map((column) => pg.escapeIdentifier(column)).join(', ');
  const values: unknown[] = [limit + 1];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = [whileLive(projection), ...(itemKey === undefined ? ['_present'] : [])];
  for (const [column, value] of Object.entries(filters)) {
    conditions.push(`${pg.escapeIdentifier(column)} = ${parameter(value)}`);
  }
  if (cursor !== undefined) {
    conditions.push(`(${orderBy}) > (${placeOf(projection, cursor).map(parameter).join(', ')})`);
  }
  const rows = await queryLive<Row>(database, projection, {
    text: `select ${columns.map((column) => column.name).join(', ')} from ${name}
      where ${conditions.join(' and ')} order by ${orderBy} limit $1`,
    values,
  });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { rows: page, next: last && cursorOf(order.map((column) => last[column])) };
}

function cursorOf(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** A place that no row of the projection could have is refused here, or the database would find it odd. */
function placeOf(projection: Projection, cursor: string): readonly unknown[] {
  const order = orderOf(projection);
  const fits = (value: unknown, index: number) =>
    projection.row.shape[order[index] as string]?.safeParse(value).success === true;
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(place) && place.length === order.length && place.every(fits)) return place;
  } catch {
    // Answered below, like any other text that is no cursor.
  }
  throw new MalformedMessage('invalid_cursor', 'the cursor is not one that a list gave out');
}
