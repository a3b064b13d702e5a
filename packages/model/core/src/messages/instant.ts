import { z } from 'zod';

/** What JavaScript's dates and Postgres both write with four digits. */
const FIRST_YEAR = '0001';
const LAST_YEAR = '9999';

/**
 * The schema of a moment that every store, JSON and JavaScript carry back unchanged: RFC 3339 with an offset, of the years
 * 0001 to 9999, to the millisecond. It becomes its one spelling: UTC, with milliseconds.
 *
 * @example
 * ```ts
 * instant().parse('2026-05-01T20:00:00+02:00'); // '2026-05-01T18:00:00.000Z'
 * ```
 */
export function instant() {
  return z.iso
    .datetime({ offset: true })
    .refine((moment) => !/\.\d{3}\d*[1-9]/.test(moment), { error: 'is finer than milliseconds, which are kept' })
    .refine((moment) => Number.isNaN(Date.parse(moment)) || isOfAYear(inUtc(moment)), {
      error: `is, in UTC, in no year from ${FIRST_YEAR} to ${LAST_YEAR}`,
    })
    .overwrite(inUtc);
}

/**
 * The schema of a day of the calendar that every store carries back unchanged: `2026-05-01`, of the years 0001 to 9999.
 * @example
 * const ContractSigned = event('ContractSigned', { contract_uuid: z.uuid(), valid_from: day() });
 */
export function day() {
  return z.iso.date().refine(isOfAYear, { error: `is in no year from ${FIRST_YEAR} to ${LAST_YEAR}` });
}

function isOfAYear(moment: string): boolean {
  return /^\d{4}-/.test(moment) && moment >= FIRST_YEAR;
}

/** What is no moment stays as it is, and is refused by its format. */
function inUtc(moment: string): string {
  const ms = Date.parse(moment);
  return Number.isNaN(ms) ? moment : new Date(ms).toISOString();
}
