-- Up Migration
-- Who appends to a context locks its row, and changes nothing in it: a row that every commit changes has as many dead
-- versions as there were commits since the oldest snapshot of the server, and each commit would look through all of them.
-- Where the feed ends, its index tells. `feeds` shows it, to readers and to services of the version before.
alter table event_store.feeds rename to feed_locks;
alter index event_store.feeds_pkey rename to feed_locks_pkey;
alter table event_store.feed_locks drop column last_position;

create view event_store.feeds as
select l.context, coalesce(
  (select e.position from event_store.events e where e.context = l.context order by e.position desc limit 1), 0) as last_position
from event_store.feed_locks l;

-- As before, and runs as its owner: a role that may call it need not be allowed to insert events of its own making.
create or replace function event_store.append(p_context text, p_events json, p_types text)
returns table (stream_id text, revision integer)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  v_last bigint;
  v_count integer;
begin
  -- From here to the commit this transaction is the context's only writer. The lock is released once the commit
  -- is visible, so whoever reads the feed sees a prefix of it, always.
  perform from event_store.feed_locks where context = p_context for update;
  if not found then
    insert into event_store.feed_locks (context) values (p_context) on conflict do nothing;
    perform from event_store.feed_locks where context = p_context for update;
  end if;
  -- A statement after the one that took the lock: its snapshot has what the last writer committed.
  select position into v_last from event_store.events where context = p_context order by position desc limit 1;
  v_last := coalesce(v_last, 0);

  insert into event_store.events (context, position, stream_id, revision, bucket, id, type, data, metadata)
  select p_context, v_last + row_number() over (order by w.n), w.stream_id, w.revision, w.bucket, w.id, w.type, w.data::json, w.metadata::json
  from json_to_recordset(p_events) as w
    (n integer, stream_id text, expected integer, revision integer, bucket smallint, id uuid, type text, data text, metadata text)
  where w.expected = coalesce(
    (select e.revision from event_store.events e where e.stream_id = w.stream_id order by e.revision desc limit 1), -1);
  get diagnostics v_count = row_count;

  if v_count > 0 then
    perform pg_notify('event_store', p_context || ' ' || p_types);
  end if;
  if v_count < json_array_length(p_events) then
    return query
    select w.stream_id, coalesce(
      (select e.revision from event_store.events e where e.stream_id = w.stream_id order by e.revision desc limit 1), -1)
    from json_to_recordset(p_events) as w (stream_id text, first boolean, revision integer, id uuid)
    left join event_store.events s on s.stream_id = w.stream_id and s.revision = w.revision and s.id = w.id
      and (s.position > v_last or w.first is not true)
    group by w.stream_id
    having count(s.id) < count(*);
  end if;
end $$;

-- For services of the first version, while they are being replaced: every stream is answered, those left out as such.
create or replace function event_store.append(p_context text, p_events json)
returns table (stream_id text, appended boolean, revision integer)
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with types as (
    select string_agg(distinct t.type, ',') as types from json_to_recordset(p_events) as t (type text)
  ), left_out as materialized (
    select l.stream_id, l.revision from types, event_store.append(p_context, p_events, types) l
  )
  select w.stream_id, o.stream_id is null, coalesce(o.revision, max(w.revision))
  from json_to_recordset(p_events) as w (stream_id text, revision integer) left join left_out o on o.stream_id = w.stream_id
  group by w.stream_id, o.stream_id, o.revision
$$;

-- Functions are for everybody unless said otherwise: these are for those who could append and read the feed's end before.
revoke all on function event_store.append(text, json, text), event_store.append(text, json) from public;
do $$
declare
  v_grantee text;
begin
  for v_grantee in
    select case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end
    from pg_class c, aclexplode(c.relacl) a
    where c.oid = 'event_store.events'::regclass and a.privilege_type = 'INSERT' and a.grantee <> c.relowner
  loop
    execute 'grant execute on function event_store.append(text, json, text), event_store.append(text, json) to ' || v_grantee;
  end loop;
  for v_grantee in
    select case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end
    from pg_class c, aclexplode(c.relacl) a
    where c.oid = 'event_store.feed_locks'::regclass and a.privilege_type = 'SELECT' and a.grantee <> c.relowner
  loop
    execute 'grant select on event_store.feeds to ' || v_grantee;
  end loop;
end $$;

-- Down Migration
-- There is none: services of the version before work with this schema.
