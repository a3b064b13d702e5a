import pg from 'pg';

/** timestamptz, as Postgres writes it in the years 1 to 9999, where the zone's offset has no seconds. */
const TIMESTAMPTZ = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(:\d\d)?$/;

const asPgDoes = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => unknown;

/**
 * RFC 3339 in UTC, as everywhere else. Not by `new Date(text)`, which takes a year below 100 for one of our own.
 * @returns the text itself where that is no moment that JavaScript has, as `infinity`
 */
export function instantIn(text: string): string {
  const [, day, time, hours, minutes = ':00'] = TIMESTAMPTZ.exec(text) ?? [];
  if (day !== undefined) return new Date(`${day}T${time}${hours}${minutes}`).toISOString();
  const moment = asPgDoes(text);
  return moment instanceof Date ? moment.toISOString() : text;
}

/** @returns the text itself where a number would lose a unit: wrong is worse than unusual */
export function wholeNumberIn(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** By type oid (`select oid, typname from pg_type`). */
const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, wholeNumberIn],
  [pg.types.builtins.TIMESTAMPTZ, instantIn],
]);

/** How values of the types that Daybook stores are read; everything else as `pg` does it. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    parsers.get(oid) ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};
