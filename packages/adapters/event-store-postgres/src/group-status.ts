import type { GroupProgress, GroupStatus } from '@daybook/core';
import type { Database } from '@daybook/postgres';

/** How far a group is, and what it could not handle. */
export async function groupStatus(database: Database, group: string, context: string): Promise<GroupStatus> {
  const [row] = await database.query<GroupStatus>({
    text: `
      with p as (
        select partition, checkpoint, count(*) over () as partitions, min(checkpoint) over () as least
        from event_store.partitions where group_name = $1 and context = $2
      ), behind as (
        select count(*) as lag from event_store.events e left join p on p.partition = e.bucket % p.partitions
        where e.context = $2 and e.position > coalesce((select min(least) from p), 0) and e.position > coalesce(p.checkpoint, 0)
      )
      select lag,
        (select count(*) from event_store.parked_events where group_name = $1 and context = $2 and state = 'parked') as parked,
        (select count(*) from event_store.parked_events where group_name = $1 and context = $2 and state <> 'parked') as held
      from behind`,
    values: [group, context],
  });
  return row ?? { lag: 0, parked: 0, held: 0 };
}

/** How far a group has come. One statement: what is set aside is counted with the checkpoints that it lies behind. */
export async function groupProgress(database: Database, group: string, context: string): Promise<GroupProgress> {
  const [row] = await database.query<GroupProgress>({
    text: `
      select
        coalesce((select min(checkpoint) from event_store.partitions where group_name = $1 and context = $2), 0) as done,
        coalesce((select last_position from event_store.feeds where context = $2), 0) as head,
        (select count(*) from event_store.parked_events where group_name = $1 and context = $2) as aside`,
    values: [group, context],
  });
  return row ?? { done: 0, head: 0, aside: 0 };
}

/** Forgets a group. */
export async function dropGroup(database: Database, group: string, context: string): Promise<void> {
  await database.query({
    text: `
      with partitions as (delete from event_store.partitions where group_name = $1 and context = $2),
      consumers as (delete from event_store.consumers where group_name = $1 and context = $2)
      delete from event_store.parked_events where group_name = $1 and context = $2`,
    values: [group, context],
  });
}
