import { type ListRequest, MalformedMessage, type Page, type Projection } from '@daybook/core';
import type { Database } from '@daybook/postgres';
import pg from 'pg';
import { tableOf } from './tables.ts';

type Row = Record<string, unknown>;

/** The row of an entity, if it has one to show. */
export async function getRow(database: Database, projection: Projection, entityId: string): Promise<Row | undefined> {
  const { name, key, columns } = tableOf(projection);
  const [row] = await database.query<Row>({
    name: `get ${projection.name} v${projection.version}`,
    text: `select ${columns.map((column) => column.name).join(', ')} from ${name} where ${key} = $1 and _present`,
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
  const { name, key, columns } = tableOf(projection);
  const orderBy = pg.escapeIdentifier(projection.list.orderBy);
  const values: unknown[] = [limit + 1];
  const conditions = ['_present'];
  for (const [column, value] of Object.entries(filters)) {
    values.push(value);
    conditions.push(`${pg.escapeIdentifier(column)} = $${values.length}`);
  }
  if (cursor !== undefined) {
    values.push(...placeOf(cursor));
    conditions.push(`(${orderBy}, ${key}) > ($${values.length - 1}, $${values.length})`);
  }
  const rows = await database.query<Row>({
    text: `select ${columns.map((column) => column.name).join(', ')} from ${name}
      where ${conditions.join(' and ')} order by ${orderBy}, ${key} limit $1`,
    values,
  });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { rows: page, next: last && cursorOf([last[projection.list.orderBy], last[projection.key]]) };
}

function cursorOf(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function placeOf(cursor: string): readonly unknown[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(place) && place.length === 2) return place;
  } catch {
    // Answered below, like any other text that is no cursor.
  }
  throw new MalformedMessage('invalid_cursor', 'the cursor is not one that a list gave out');
}
