import type { ParkedEvent, RecordedEvent, SetAside } from '@daybook/core';
import type { Database } from '@daybook/postgres';
import { bucketOf } from './bucket.ts';
import type { Lease, Membership } from './leases.ts';
import { EVENT_COLUMNS, type EventRow, recordedOf } from './recorded.ts';

/** How far a partition has come since its checkpoint was stored. */
export interface Progress extends Lease {
  readonly cursor: number;
  /** Of the last event handed over, if there was one. */
  readonly last_position?: number | undefined;
  readonly last_id?: string | undefined;
}

/** An event whose turn it is again. */
export interface DueEvent {
  readonly event: RecordedEvent;
  readonly entityId: string;
  readonly attempts: number;
}

/**
 * Moves the checkpoints of some partitions, and sets aside what could not be handled before them, in one statement.
 * Compare-and-set on the old checkpoint, the epoch and the last event: a consumer that lost its lease changes nothing, nor does
 * one whose events the log does not have any more.
 * @returns the partitions that were moved; the others are lost
 */
export async function finish(
  database: Database,
  { group, context, consumer, partitions }: Membership,
  progress: readonly Progress[],
  aside: readonly SetAside[],
): Promise<Set<number>> {
  const rows = await database.query<{ partition: number }>({
    name: 'finish',
    text: `
      with moved as (
        update event_store.partitions p set checkpoint = l.cursor
        from json_to_recordset($5) as l
          (partition smallint, epoch bigint, checkpoint bigint, cursor bigint, last_position bigint, last_id uuid)
        where p.group_name = $1 and p.context = $2 and p.partition = l.partition
          and p.owner = $3 and p.epoch = l.epoch and p.checkpoint = l.checkpoint
          -- 'exists' may be planned as a scan of the whole log.
          and (l.last_id is null or l.last_id = (
            select e.id from event_store.events e where e.context = $2 and e.position = l.last_position
          ))
        returning p.partition
      ), aside as (
        insert into event_store.parked_events (group_name, context, position, entity_id, bucket, state, attempts, due_at, reason)
        select $1, $2, a.position, a.entity_id, a.bucket, a.state, a.attempts, now() + make_interval(secs => a.due_in / 1000), a.reason
        from json_to_recordset($6) as a
          (position bigint, entity_id text, bucket smallint, state text, attempts integer, due_in float8, reason text)
        where a.bucket % $4::smallint in (select partition from moved)
        on conflict do nothing
      )
      select partition from moved`,
    values: [group, context, consumer, partitions, JSON.stringify(progress), JSON.stringify(aside.map(rowOf))],
  });
  return new Set(rows.map(({ partition }) => partition));
}

function rowOf({ event, entityId, state, attempts, dueIn, reason }: SetAside) {
  const bucket = bucketOf(event.streamId);
  // Postgres keeps no NUL in a text.
  return {
    position: event.position,
    entity_id: entityId,
    bucket,
    state,
    attempts,
    due_in: dueIn,
    reason: reason.replaceAll('\0', ''),
  };
}

/** @returns the entities that have something set aside in these partitions, with the first position of each */
export async function blockedEntities(
  database: Database,
  { group, context, partitions }: Membership,
  only: readonly number[],
): Promise<{ entity_id: string; position: number }[]> {
  return database.query<{ entity_id: string; position: number }>({
    name: 'blocked-entities',
    text: `
      select entity_id, min(position) as position from event_store.parked_events
      where group_name = $1 and context = $2 and bucket % $3::smallint = any($4) group by entity_id`,
    values: [group, context, partitions, only],
  });
}

/** @returns the first event set aside of each entity, where it is due: failed and rested, or held by nothing any more */
export async function dueEvents(
  database: Database,
  { group, context, partitions }: Membership,
  only: readonly number[],
): Promise<DueEvent[]> {
  const rows = await database.query<EventRow & { entity_id: string; attempts: number }>({
    name: 'due-events',
    text: `
      select p.entity_id, p.attempts, ${EVENT_COLUMNS}
      from event_store.parked_events p join event_store.events e on e.context = p.context and e.position = p.position
      where p.group_name = $1 and p.context = $2 and p.bucket % $3::smallint = any($4)
        and (p.state = 'held' or (p.state = 'retrying' and p.due_at <= now()))
        and not exists (
          select from event_store.parked_events before
          where before.group_name = $1 and before.context = $2 and before.entity_id = p.entity_id and before.position < p.position
        )
      order by p.position limit 100`,
    values: [group, context, partitions, only],
  });
  return rows.map((row) => ({ event: recordedOf(row), entityId: row.entity_id, attempts: row.attempts }));
}

/** The event was handled after all. @returns whether its entity has more set aside */
export async function unpark(database: Database, { group, context }: Membership, due: DueEvent): Promise<boolean> {
  const rows = await database.query<{ more: boolean }>({
    name: 'unpark',
    text: `
      with gone as (delete from event_store.parked_events where group_name = $1 and context = $2 and position = $3)
      select exists (
        select from event_store.parked_events
        where group_name = $1 and context = $2 and entity_id = $4 and position <> $3
      ) as more`,
    values: [group, context, due.event.position, due.entityId],
  });
  return rows[0]?.more ?? false;
}

/** The event failed again. */
export async function failedAgain(database: Database, { group, context }: Membership, aside: SetAside): Promise<void> {
  const { position, state, attempts, due_in, reason } = rowOf(aside);
  await database.query({
    name: 'failed-again',
    text: `
      update event_store.parked_events
      set state = $4, attempts = $5, due_at = now() + make_interval(secs => $6::float8 / 1000), reason = $7, parked_at = now()
      where group_name = $1 and context = $2 and position = $3`,
    values: [group, context, position, state, attempts, due_in, reason],
  });
}

/** @returns the groups with something set aside; those that nobody consumes any more keep theirs */
export async function listParkedGroups(database: Database, context: string): Promise<string[]> {
  const rows = await database.query<{ group_name: string }>({
    text: `
      select group_name from event_store.parked_events where context = $1
      group by group_name order by group_name collate "C"`,
    values: [context],
  });
  return rows.map(({ group_name }) => group_name);
}

/** @returns what waits for a person, the oldest first */
export async function listParked(database: Database, group: string, context: string): Promise<ParkedEvent[]> {
  const rows = await database.query<EventRow & { attempts: number; reason: string; parked_at: string }>({
    text: `
      select p.attempts, p.reason, p.parked_at, ${EVENT_COLUMNS}
      from event_store.parked_events p join event_store.events e on e.context = p.context and e.position = p.position
      where p.group_name = $1 and p.context = $2 and p.state = 'parked' order by p.position`,
    values: [group, context],
  });
  return rows.map((row) => {
    const { attempts, reason, parked_at } = row;
    return { event: recordedOf(row), attempts, reason, parkedAt: parked_at };
  });
}

/** Has parked events tried again at once, from the first attempt on. @returns how many */
export async function replayParked(
  database: Database,
  group: string,
  context: string,
  position?: number,
): Promise<number> {
  const rows = await database.query({
    text: `
      with replayed as (
        update event_store.parked_events set state = 'retrying', attempts = 0, due_at = now()
        where group_name = $1 and context = $2 and state = 'parked' and position = coalesce($3, position)
        returning position
      )
      select position, pg_notify('event_store', $2) from replayed`,
    values: [group, context, position ?? null],
  });
  return rows.length;
}

/**
 * Gives up a parked event. What it held back has nothing before it any more, and so is due; a consumer that still takes the
 * entity for blocked holds back what comes next, and finds that due as well.
 * @returns whether it was parked
 */
export async function discardParked(
  database: Database,
  group: string,
  context: string,
  position: number,
): Promise<boolean> {
  const rows = await database.query({
    text: `
      with discarded as (
        delete from event_store.parked_events
        where group_name = $1 and context = $2 and state = 'parked' and position = $3
        returning position
      )
      select position, pg_notify('event_store', $2) from discarded`,
    values: [group, context, position],
  });
  return rows.length > 0;
}
