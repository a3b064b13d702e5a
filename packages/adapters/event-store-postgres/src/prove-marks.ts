import type { MarkedGroup, NextMark, Proof, StoredMarks } from '@daybook/core';
import type { Database } from '@daybook/postgres';
import type { HeldLease } from './held-leases.ts';
import type { Membership } from './leases.ts';

/**
 * Compares marks with the log, in one statement. What the data lacks is looked for from what it has completely on: mostly
 * there is nothing but events of other partitions.
 */
export async function proveMarks(
  database: Database,
  { group, context, types }: MarkedGroup,
  { marks, adopts }: StoredMarks,
): Promise<Proof[]> {
  const rows = await database.query<{ partition: number; checkpoint: number; known: boolean; behind: boolean }>({
    name: 'prove-marks',
    text: `
      with partitions as (
        select partition, checkpoint, count(*) over () as count
        from event_store.partitions where group_name = $1 and context = $2
      )
      select p.partition, p.checkpoint,
        -- 'exists' may be planned as a scan of the whole log.
        m.partition is null or coalesce((
          select e.id::text = m.event_id and e.metadata ->> 'recorded_at' = m.recorded_at
          from event_store.events e where e.context = $2 and e.position = m.position
        ), false) as known,
        case when m.partition is null and $5 then false else exists (
          select from event_store.events e
          where e.context = $2 and e.position > coalesce(m.complete, 0) and e.position <= p.checkpoint
            and e.bucket % p.count = p.partition and ($4::text[] is null or e.type = any($4))
            and not exists (
              select from event_store.parked_events a
              where a.group_name = $1 and a.context = $2 and a.position = e.position
            )
        ) end as behind
      from partitions p left join json_to_recordset($3) as m
        (partition smallint, position bigint, event_id text, recorded_at text, complete bigint) on m.partition = p.partition
      order by p.partition`,
    values: [
      group,
      context,
      JSON.stringify(
        marks.map(({ eventId, recordedAt, ...mark }) => ({ ...mark, event_id: eventId, recorded_at: recordedAt })),
      ),
      types ?? null,
      adopts,
    ],
  });
  const byPartition = new Map(marks.map((mark) => [mark.partition, mark]));
  return rows.map((row) => ({ ...row, mark: byPartition.get(row.partition) }));
}

/**
 * The marks of data that was written by a version that kept none: it is taken for what the checkpoints say.
 * @returns of those of the partitions in which something was finished
 */
export async function marksAtCheckpoints(
  database: Database,
  { group, context, partitions }: Membership,
  only: readonly number[],
): Promise<NextMark[]> {
  const rows = await database.query<{
    partition: number;
    position: number;
    event_id: string;
    recorded_at: string;
    complete: number;
  }>({
    text: `
      select p.partition, e.position, e.id as event_id, e.metadata ->> 'recorded_at' as recorded_at,
        least(e.position, (
          select min(a.position) - 1 from event_store.parked_events a
          where a.group_name = $1 and a.context = $2 and a.bucket % $3::smallint = p.partition
        )) as complete
      from event_store.partitions p cross join lateral (
        select * from event_store.events e
        where e.context = $2 and e.position <= p.checkpoint order by e.position desc limit 1
      ) e
      where p.group_name = $1 and p.context = $2 and p.partition = any($4)`,
    values: [group, context, partitions, only],
  });
  return rows.map(({ event_id, recorded_at, ...row }) => ({
    ...row,
    eventId: event_id,
    recordedAt: recorded_at,
    after: 0,
  }));
}

/**
 * Takes the checkpoints of some partitions back to where their data is complete.
 * @returns the partitions that were taken back; the others are lost
 */
export async function takeBack(
  database: Database,
  { group, context, consumer }: Membership,
  leases: readonly Pick<HeldLease, 'partition' | 'epoch' | 'checkpoint' | 'cursor'>[],
): Promise<Set<number>> {
  const rows = await database.query<{ partition: number }>({
    text: `
      update event_store.partitions p set checkpoint = l.cursor
      from json_to_recordset($4) as l (partition smallint, epoch bigint, checkpoint bigint, cursor bigint)
      where p.group_name = $1 and p.context = $2 and p.partition = l.partition
        and p.owner = $3 and p.epoch = l.epoch and p.checkpoint = l.checkpoint
      returning p.partition`,
    values: [group, context, consumer, JSON.stringify(leases)],
  });
  return new Set(rows.map(({ partition }) => partition));
}
