import type { Database } from '@daybook/postgres';

/** A partition in this consumer's hands. */
export interface Lease {
  readonly partition: number;
  readonly epoch: number;
  /** As it is stored. */
  checkpoint: number;
}

/** Which group, and which of its consumers. */
export interface Membership {
  readonly group: string;
  readonly context: string;
  readonly consumer: string;
  /** The group's partitions, all consumers' together. */
  readonly partitions: number;
}

/** Creates the group's partitions when they are missing. @returns how many it has: the number it was created with */
export async function createGroup(
  database: Database,
  group: string,
  context: string,
  partitions: number,
): Promise<number> {
  await database.query({
    text: `
      insert into event_store.partitions (group_name, context, partition)
      select $1, $2, generate_series(0, $3 - 1)
      where not exists (select from event_store.partitions where group_name = $1 and context = $2)
      on conflict do nothing`,
    values: [group, context, partitions],
  });
  const [row] = await database.query<{ count: number }>({
    text: 'select count(*) as count from event_store.partitions where group_name = $1 and context = $2',
    values: [group, context],
  });
  return row?.count ?? 0;
}

/**
 * Says that this consumer is alive, prolongs its leases, and takes free or expired ones up to its fair share.
 * @param leaseMs milliseconds after which a silent consumer's partitions are anybody's
 * @returns what it holds now, and how much of that is more than its share
 */
export async function renewLeases(
  database: Database,
  { group, context, consumer }: Membership,
  leaseMs: number,
): Promise<{ leases: Lease[]; share: number }> {
  const rows = await database.query<{ share: number; partition: number | null; epoch: number; checkpoint: number }>({
    name: 'renew-leases',
    text: `
      with alive as (
        insert into event_store.consumers (group_name, context, consumer, alive_until)
        select $1, $2, $3::uuid, now() + make_interval(secs => $4 / 1000.0)
        -- A group that was dropped has none: a consumer that comes late must not leave a trace.
        where exists (select from event_store.partitions where group_name = $1 and context = $2)
        on conflict (group_name, context, consumer) do update set alive_until = excluded.alive_until
      ), consumers as (
        select $3::uuid as consumer union
        select consumer from event_store.consumers where group_name = $1 and context = $2 and alive_until > now()
      ), ranked as (
        select consumer, row_number() over (order by consumer) as rank, count(*) over () as consumers from consumers
      ), partitions as (
        select count(*) as count, count(*) filter (where owner = $3) as mine
        from event_store.partitions where group_name = $1 and context = $2
      ), shares as (
        select (p.count / r.consumers + case when r.rank <= p.count % r.consumers then 1 else 0 end)::integer as share, p.mine
        from ranked r, partitions p where r.consumer = $3
      ), free as (
        select partition from event_store.partitions
        where group_name = $1 and context = $2 and owner is distinct from $3 and (owner is null or leased_until < now())
        order by partition limit (select greatest(share - mine, 0) from shares)
        for update skip locked
      ), held as (
        update event_store.partitions p
        set owner = $3, leased_until = now() + make_interval(secs => $4 / 1000.0),
            epoch = case when owner = $3 then epoch else epoch + 1 end
        where group_name = $1 and context = $2 and (owner = $3 or partition in (select partition from free))
        returning partition, epoch, checkpoint
      )
      select s.share, h.partition, h.epoch, h.checkpoint from shares s left join held h on true order by h.partition`,
    values: [group, context, consumer, leaseMs],
  });
  const leases = rows.flatMap(({ partition, epoch, checkpoint }) =>
    partition === null ? [] : [{ partition, epoch, checkpoint }],
  );
  return { leases, share: rows[0]?.share ?? 0 };
}

/** Gives partitions back, so that others need not wait for the lease to run out. */
export async function releaseLeases(
  database: Database,
  { group, context, consumer }: Membership,
  partitions: readonly number[],
): Promise<void> {
  await database.query({
    text: `
      with released as (
        update event_store.partitions set owner = null, leased_until = null
        where group_name = $1 and context = $2 and owner = $3 and partition = any($4)
      )
      select pg_notify('event_store', 'lease ' || $1)`,
    values: [group, context, consumer, partitions],
  });
}

/** The consumer is gone; its share is the others'. */
export async function leaveGroup(database: Database, { group, context, consumer }: Membership): Promise<void> {
  await database.query({
    text: `
      delete from event_store.consumers
      where group_name = $1 and context = $2 and (consumer = $3 or alive_until < now() - interval '1 hour')`,
    values: [group, context, consumer],
  });
}
