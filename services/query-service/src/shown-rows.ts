import { answerOf, answerSchema, type Log, ownOf, type Page, type Projection, type Row } from '@daybook/core';
import { type Problem, problem } from '@daybook/http';
import type { z } from 'zod';

/** Rows as they are answered, and a problem for each that can't be. */
export interface ShownRows {
  readonly items: readonly Row[];
  readonly problems: readonly Problem[];
}

const schemas = new WeakMap<Projection, z.ZodObject>();

/** Made once for each build: to make one takes longer than to check a row. */
function schemaOf(projection: Projection): z.ZodObject {
  const schema = schemas.get(projection) ?? answerSchema(projection);
  schemas.set(projection, schema);
  return schema;
}

/**
 * Rows as they are answered. One that does not fit its schema, because of an older log or a hand in the database, is left
 * out, told as a problem and logged: it takes no other row with it.
 * @param now for what is computed
 */
export function showRows(projection: Projection, rows: readonly Row[], now: Date, log: Log): ShownRows {
  const items: Row[] = [];
  const problems: Problem[] = [];
  for (const row of rows) {
    const shown = showRow(projection, row, now);
    if ('problem' in shown) problems.push(shown.problem);
    else items.push(shown.row);
  }
  if (problems.length > 0) {
    const told = problems.slice(0, 10).map(({ row, detail }) => ({ row, detail }));
    const fields = { projection: projection.name, rows: problems.length, first: told };
    log.error(fields, 'rows that do not fit their schema are left out of an answer');
  }
  return { items, problems };
}

function showRow(projection: Projection, row: Row, now: Date): { row: Row } | { problem: Problem } {
  try {
    const { data, error } = schemaOf(projection).safeParse(answerOf(projection, row, now));
    if (error === undefined) return { row: data };
    const said = error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.')}: ${message}`);
    return { problem: unreadable(projection, row, said.join('; ')) };
  } catch (error) {
    return { problem: unreadable(projection, row, `what is computed of it failed: ${String(error)}`) };
  }
}

function unreadable({ name, key, itemKey = key }: Projection, row: Row, said: string): Problem {
  const id = Object.fromEntries([key, itemKey].map((column) => [column, String(ownOf(row, column))]));
  const which = Object.entries(id).map(([column, value]) => `${column} ${value}`);
  const detail = `${name} has a row of ${which.join(', ')} that can not be shown (${said}); an operator has to look at it`;
  return problem(500, 'row-unreadable', detail, { projection: name, row: id });
}

/** A page as it is answered: `problems` is there where a row had to be left out. */
export function showPage(projection: Projection, { rows, next }: Page, now: Date, log: Log) {
  const { items, problems } = showRows(projection, rows, now, log);
  return { items, next: next ?? null, ...(problems.length > 0 && { problems }) };
}
