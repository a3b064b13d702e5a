import type { Mark, NextMark, Projection, StoredMarks } from '@daybook/core';
import type { Database } from '@daybook/postgres';
import { tableOf } from './tables.ts';

/** The partition under which it says that rows were there before there were marks. */
const ADOPTS = -1;
/** Between two times that marks which others have followed are removed, milliseconds. */
const CLEAR_EVERY_MS = 60_000;

/**
 * A mark is added rather than changed: what changes with each batch would have as many dead versions as there were batches since
 * the oldest snapshot of the server, and each batch would look through all of them.
 */
export const CREATE_MARKS = `create table if not exists read_models.marks (
  rows text not null, -- the table that they are of
  partition smallint not null,
  position bigint not null, -- of the event furthest on that the rows count
  event_id text not null,
  recorded_at text not null,
  complete bigint not null, -- every event of the partition up to here is counted
  primary key (rows, partition, position)
)`;

/** Says of tables that were there before there were marks that what they have is to be taken for right. */
export function adoptTables(tables: readonly string[]) {
  return {
    text: `
      insert into read_models.marks (rows, partition, position, event_id, recorded_at, complete)
      select rows, ${ADOPTS}, 0, '', '', 0 from unnest($1::text[]) as rows on conflict do nothing`,
    values: [tables],
  };
}

/**
 * Part of a statement that writes rows, as `marked`: adds the marks of $rows and $marks. What is complete is carried over from
 * the mark before, unless it was complete up to where the batch starts, and all of the batch was written.
 * @param allWritten an expression
 */
export function marked({ rows, marks, allWritten }: { rows: string; marks: string; allWritten: string }): string {
  return `marked as (
        insert into read_models.marks as stored (rows, partition, position, event_id, recorded_at, complete)
        select ${rows}, m.partition, greatest(m.position, newest.position),
          case when m.position > coalesce(newest.position, 0) then m.event_id else newest.event_id end,
          case when m.position > coalesce(newest.position, 0) then m.recorded_at else newest.recorded_at end,
          case
            when m.after <= coalesce(newest.complete, 0) and ${allWritten} then greatest(m.complete, newest.complete)
            else coalesce(newest.complete, 0)
          end
        from json_to_recordset(${marks}) as m
          (partition smallint, position bigint, event_id text, recorded_at text, complete bigint, after bigint)
        left join lateral (
          select * from read_models.marks
          where rows = ${rows} and partition = m.partition order by position desc limit 1
        ) newest on true
        order by m.partition
        on conflict (rows, partition, position) do update set complete = excluded.complete
        where stored.complete < excluded.complete
        returning stored.partition
      )`;
}

/** Marks as {@link marked} takes them. */
export function marksJson(marks: readonly (Mark | NextMark)[]): string {
  return JSON.stringify(
    marks.map(({ eventId, recordedAt, ...mark }) => ({ ...mark, event_id: eventId, recorded_at: recordedAt })),
  );
}

/** Stores marks when no row changes. */
export async function storeMarks(
  database: Database,
  projection: Projection,
  marks: readonly NextMark[],
): Promise<void> {
  await database.query({
    name: 'mark',
    text: `with ${marked({ rows: '$1::text', marks: '$2', allWritten: 'true' })} select from marked`,
    values: [tableOf(projection).label, marksJson(marks)],
  });
}

/** The newest mark of each partition. */
export async function loadMarks(database: Database, projection: Projection): Promise<StoredMarks> {
  const found = await database.query<{
    partition: number;
    position: number;
    event_id: string;
    recorded_at: string;
    complete: number;
  }>({
    text: `
      select distinct on (partition) partition, position, event_id, recorded_at, complete
      from read_models.marks where rows = $1 order by partition, position desc`,
    values: [tableOf(projection).label],
  });
  return {
    marks: found
      .filter(({ partition }) => partition !== ADOPTS)
      .map(({ event_id, recorded_at, ...mark }) => ({ ...mark, eventId: event_id, recordedAt: recorded_at })),
    adopts: found.some(({ partition }) => partition === ADOPTS),
  };
}

/** Puts marks in the place of others, and of what those have followed. */
export async function replaceMarks(
  query: Database['query'],
  projection: Projection,
  { remove, put }: { readonly remove: readonly Mark[]; readonly put: readonly Mark[] },
): Promise<void> {
  const { label } = tableOf(projection);
  await query({
    text: `
      delete from read_models.marks m using json_to_recordset($2) as gone (partition smallint, position bigint)
      where m.rows = $1 and m.partition = gone.partition and m.position <= gone.position`,
    values: [label, marksJson(remove)],
  });
  await query({
    text: `delete from read_models.marks where rows = $1 and partition = ${ADOPTS}`,
    values: [label],
  });
  await query({
    text: `
      insert into read_models.marks (rows, partition, position, event_id, recorded_at, complete)
      select $1, m.partition, m.position, m.event_id, m.recorded_at, m.complete
      from json_to_recordset($2) as m
        (partition smallint, position bigint, event_id text, recorded_at text, complete bigint)
      on conflict do nothing`,
    values: [label, marksJson(put)],
  });
}

/** Forgets the marks of a table that is dropped. */
export async function dropMarks(query: Database['query'], projection: Projection): Promise<void> {
  await query({ text: 'delete from read_models.marks where rows = $1', values: [tableOf(projection).label] });
}

/** Removes the marks of a table that newer ones have followed, now and then. */
export function createClearing(database: Database): (projection: Projection) => Promise<void> {
  const clearedAt = new Map<string, number>();
  return async (projection) => {
    const { label } = tableOf(projection);
    const last = clearedAt.get(label);
    clearedAt.set(label, last ?? Date.now());
    if (last === undefined || Date.now() - last < CLEAR_EVERY_MS) return;
    clearedAt.set(label, Date.now());
    await database.query({
      text: `
        delete from read_models.marks old using (
          select partition, max(position) as position from read_models.marks where rows = $1 group by partition
        ) newest
        where old.rows = $1 and old.partition = newest.partition and old.position < newest.position`,
      values: [label],
    });
  };
}
