import type { CountByDay, DayCounts, Days, Projection } from '@daybook/core';
import type { Database } from '@daybook/postgres';
import pg from 'pg';
import { queryLive, whileLive } from './live.ts';
import { tableOf } from './tables.ts';

/** Counts rows by the day, in UTC, of a column with a time: the days that have any, in order. */
export async function countByDay(
  database: Database,
  projection: Projection,
  { day, of }: CountByDay,
  { from = '-infinity', to = 'infinity' }: Days,
): Promise<DayCounts[]> {
  const { name, itemKey } = tableOf(projection);
  const at = pg.escapeIdentifier(day);
  const columns = Object.values(of).map((column) => `count(${pg.escapeIdentifier(column)})`);
  const statement = {
    text: `
      select to_char(${at} at time zone 'UTC', 'YYYY-MM-DD') as day, array[${columns.join(', ')}]::integer[] as counts
      from ${name}
      where ${at} >= $1::timestamp at time zone 'UTC' and ${at} < ($2::timestamp + interval '1 day') at time zone 'UTC'
        ${itemKey === undefined ? 'and _present' : ''} and ${whileLive(projection)}
      group by 1 order by 1`,
    values: [from, to],
  };
  const rows = await queryLive<{ day: string; counts: number[] }>(database, projection, statement, 'day');
  const names = Object.keys(of);
  return rows.map(({ day: on, counts }) => ({
    day: on,
    counts: Object.fromEntries(names.map((counted, index) => [counted, counts[index] ?? 0])),
  }));
}
