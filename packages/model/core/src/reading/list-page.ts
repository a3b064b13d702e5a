import { z } from 'zod';
import { ownOf } from '../messages/own-of.ts';
import { orderOf, type Projection, type Row } from '../modelling/projection.ts';
import type { ListRequest, Page } from '../ports/read-store.ts';
import { cursorOf, placeOf } from './cursor.ts';

type Comparable = string | number | boolean;

/** A row's place in the projection's one order. */
function placeOfRow(projection: Projection, row: Row): readonly Comparable[] {
  return orderOf(projection).map((column) => ownOf(row, column) as Comparable);
}

/** The place that a list's cursor names; one that no row could have is refused. @throws MalformedMessage `invalid_cursor` */
export function placeOfCursor(projection: Projection, cursor: string): readonly Comparable[] {
  const columns = orderOf(projection).map((column) =>
    placeIn(ownOf(projection.row.shape, column) as z.ZodType<Comparable>),
  );
  return placeOf(z.tuple(columns as [z.ZodType<Comparable>]), cursor);
}

/** A whole number that no number of JavaScript holds is read, and given back, as text. */
function placeIn(column: z.ZodType<Comparable>): z.ZodType<Comparable> {
  return column instanceof z.ZodNumber ? z.union([column, z.string().regex(/^-?\d{16,19}$/)]) : column;
}

/**
 * @param rows the page's, in order, and one more if there is another page
 * @param isCut whether there is another page though there are not more rows: together they were too large for one
 */
export function pageWithNext(projection: Projection, rows: readonly Row[], limit: number, isCut = false): Page {
  const page = rows.slice(0, limit);
  const last = isCut || rows.length > limit ? page.at(-1) : undefined;
  return { rows: page, next: last && cursorOf(placeOfRow(projection, last)) };
}

/** A page of rows that are all in memory, as a read store would give it. @throws MalformedMessage `invalid_cursor` */
export function listPage(projection: Projection, rows: readonly Row[], { filters, limit, cursor }: ListRequest): Page {
  const place = (row: Row) => placeOfRow(projection, row);
  const after = cursor === undefined ? undefined : placeOfCursor(projection, cursor);
  const left = rows
    .filter((row) => Object.entries(filters).every(([column, value]) => String(ownOf(row, column)) === value))
    .filter((row) => after === undefined || compare(place(row), after) > 0)
    .sort((a, b) => compare(place(a), place(b)));
  return pageWithNext(projection, left, limit);
}

function compare(one: readonly Comparable[], other: readonly Comparable[]): number {
  const place = one.findIndex((value, index) => value !== other[index]);
  if (place < 0) return 0;
  return (one[place] as Comparable) < (other[place] as Comparable) ? -1 : 1;
}
