import { answerOf, answerSchema, ownOf, type Projection, type ReadStore, type Row } from '@daybook/core';
import { stringify } from 'csv-stringify/sync';

/** Rows read, and written, at once. */
const PAGE = 1000;

/** How rows are written as text. */
interface Format {
  readonly mediaType: string;
  /** What comes before the rows. @param columns in order */
  begin(columns: readonly string[]): string;
  write(rows: readonly Row[], columns: readonly string[]): string;
}

/** RFC 4180. In CSV null and an empty text are the same: nothing. */
function csv(lines: readonly (readonly unknown[])[]): string {
  return stringify(
    lines.map((line) => [...line]),
    { record_delimiter: 'windows', cast: { boolean: String } },
  );
}

/** By name. */
export const formats = {
  csv: {
    mediaType: 'text/csv; charset=utf-8; header=present',
    begin: (columns) => csv([columns]),
    write: (rows, columns) => csv(rows.map((row) => columns.map((column) => ownOf(row, column)))),
  },
  ndjson: {
    mediaType: 'application/x-ndjson; charset=utf-8',
    begin: () => '',
    write: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  },
} as const satisfies Record<string, Format>;

/** A row as it is stored, whether or not it fits its schema: nothing of it is to be missing. What fails to be computed is. */
function withComputed(projection: Projection, row: Row, now: Date): Row {
  try {
    return answerOf(projection, row, now);
  } catch {
    return row;
  }
}

/**
 * All rows of a projection, in its list's order, as text, a page at a time: the next is read when the last was taken.
 * Each row is there once, as it was when its page was read; what is new meanwhile may be there or not.
 * @throws Unavailable
 */
export async function* exportRows(
  rows: ReadStore,
  projection: Projection,
  { mediaType: _, begin, write }: Format,
  now: Date,
): AsyncGenerator<string> {
  const columns = Object.keys(answerSchema(projection).shape);
  let cursor: string | undefined;
  let text = begin(columns);
  do {
    const page = await rows.list(projection, { filters: {}, limit: PAGE, cursor });
    text += write(
      page.rows.map((row) => withComputed(projection, row, now)),
      columns,
    );
    if (text !== '') yield text;
    text = '';
    cursor = page.next;
  } while (cursor !== undefined);
}
