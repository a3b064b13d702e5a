-- Up Migration
-- As before, and with p_events: [{…, last_id, last_recorded_at}] what the writer believes the stream's last event to be: where the
-- log went back in time, and on otherwise, a stream may be where it is expected and yet be another one. It is left out then.
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
    (n integer, stream_id text, expected integer, last_id uuid, last_recorded_at text, revision integer, bucket smallint, id uuid,
      type text, data text, metadata text)
  left join lateral (
    select e.revision, e.id, e.metadata from event_store.events e where e.stream_id = w.stream_id order by e.revision desc limit 1
  ) head on true
  where w.expected = coalesce(head.revision, -1)
    and (w.last_id is null or (w.last_id = head.id and w.last_recorded_at = head.metadata ->> 'recorded_at'));
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

-- Down Migration
-- The function of 0004 ignores what is new, and nothing else is different: it may stay.
