-- Up Migration
create schema event_store;

-- One row a bounded context. Its row lock is what makes positions commit in order.
create table event_store.feeds (
  context text primary key,
  last_position bigint not null default 0
);

create table event_store.events (
  context text not null,
  position bigint not null,
  stream_id text not null,
  revision integer not null,
  bucket smallint not null, -- a hash of the entity's id: partitions of groups are made of buckets
  id uuid not null,
  type text not null,
  data json not null, -- json, not jsonb: what was written is what is read, to the letter
  metadata json not null,
  primary key (context, position),
  constraint events_stream_revision unique (stream_id, revision),
  constraint events_id unique (id)
);

-- Appends events to many streams of one context in one transaction.
-- p_events: [{n, stream_id, expected, revision, bucket, id, type, data, metadata}], one append a stream;
-- data and metadata are JSON in a string, so that they are stored to the letter (a \u0000 can't be taken apart here).
-- A stream that is not where its writer expects it is left out, and reported; the others are appended.
create function event_store.append(p_context text, p_events json)
returns table (stream_id text, appended boolean, revision integer)
language plpgsql as $$
#variable_conflict use_column
declare
  v_last bigint;
begin
  -- From here to the commit this transaction is the context's only writer. The lock is released once the commit
  -- is visible, so whoever reads the feed sees a prefix of it, always.
  select last_position into v_last from event_store.feeds where context = p_context for update;
  if not found then
    insert into event_store.feeds (context) values (p_context) on conflict do nothing;
    select last_position into v_last from event_store.feeds where context = p_context for update;
  end if;

  return query
  with wanted as materialized (
    select * from json_to_recordset(p_events) as w
      (n integer, stream_id text, expected integer, revision integer, bucket smallint, id uuid, type text, data text, metadata text)
  ), heads as materialized (
    select s.stream_id, s.expected, coalesce(
      (select e.revision from event_store.events e where e.stream_id = s.stream_id order by e.revision desc limit 1), -1
    ) as head
    from (select distinct w.stream_id, w.expected from wanted w) s
  ), inserted as (
    insert into event_store.events (context, position, stream_id, revision, bucket, id, type, data, metadata)
    select p_context, v_last + row_number() over (order by w.n), w.stream_id, w.revision, w.bucket, w.id, w.type, w.data::json, w.metadata::json
    from wanted w join heads h on h.stream_id = w.stream_id
    where h.head = h.expected
    returning events.stream_id, events.revision
  ), numbered as (
    update event_store.feeds set last_position = v_last + (select count(*) from inserted)
    where context = p_context and exists (select from inserted)
  )
  select h.stream_id, h.head = h.expected, coalesce((select max(i.revision) from inserted i where i.stream_id = h.stream_id), h.head)
  from heads h;

  perform pg_notify('event_store', p_context);
end $$;

-- A subscription group shares its partitions among its consumers by leases.
create table event_store.partitions (
  group_name text not null,
  context text not null,
  partition smallint not null,
  checkpoint bigint not null default 0, -- every event up to here is finished, or stands in parked_events
  owner uuid,
  epoch bigint not null default 0, -- counts the owners, so that a former one can't move the checkpoint
  leased_until timestamptz,
  primary key (group_name, context, partition)
);

create table event_store.consumers (
  group_name text not null,
  context text not null,
  consumer uuid not null,
  alive_until timestamptz not null,
  primary key (group_name, context, consumer)
);

-- Events that a group could not handle, and those that must come after them on the same entity.
-- retrying: tried again when due; parked: waits for a person; held: waits for the one before it.
create table event_store.parked_events (
  group_name text not null,
  context text not null,
  position bigint not null,
  entity_id text not null,
  bucket smallint not null,
  state text not null check (state in ('retrying', 'parked', 'held')),
  attempts integer not null,
  due_at timestamptz not null,
  reason text not null,
  parked_at timestamptz not null default now(),
  primary key (group_name, context, position)
);

-- Down Migration
drop schema event_store cascade;
