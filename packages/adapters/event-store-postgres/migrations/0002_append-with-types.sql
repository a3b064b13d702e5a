-- Up Migration
-- Appends events to many streams of one context in one transaction, and tells subscribers which types came.
-- p_events: [{n, stream_id, expected, revision, bucket, id, type, data, metadata}], n rising from 1, each stream once;
-- data and metadata are JSON in a string, so that they are stored to the letter (a \u0000 can't be taken apart here).
-- p_types: the events' types, separated by commas.
-- A stream that is not where its writer expects it is left out, and returned with the revision it is at (-1: there is
-- none), unless it ends with the very events that were to be appended: then this was done before.
-- The append of two arguments stays for services of the version before, while they are being replaced.
create function event_store.append(p_context text, p_events json, p_types text)
returns table (stream_id text, revision integer)
language plpgsql as $$
#variable_conflict use_column
declare
  v_last bigint;
  v_count integer;
begin
  -- From here to the commit this transaction is the context's only writer. The lock is released once the commit
  -- is visible, so whoever reads the feed sees a prefix of it, always.
  select last_position into v_last from event_store.feeds where context = p_context for update;
  if not found then
    insert into event_store.feeds (context) values (p_context) on conflict do nothing;
    select last_position into v_last from event_store.feeds where context = p_context for update;
  end if;

  insert into event_store.events (context, position, stream_id, revision, bucket, id, type, data, metadata)
  select p_context, v_last + row_number() over (order by w.n), w.stream_id, w.revision, w.bucket, w.id, w.type, w.data::json, w.metadata::json
  from json_to_recordset(p_events) as w
    (n integer, stream_id text, expected integer, revision integer, bucket smallint, id uuid, type text, data text, metadata text)
  where w.expected = coalesce(
    (select e.revision from event_store.events e where e.stream_id = w.stream_id order by e.revision desc limit 1), -1);
  get diagnostics v_count = row_count;

  if v_count > 0 then
    update event_store.feeds set last_position = v_last + v_count where context = p_context;
    perform pg_notify('event_store', p_context || ' ' || p_types);
  end if;
  if v_count < json_array_length(p_events) then
    return query
    select w.stream_id, coalesce(
      (select e.revision from event_store.events e where e.stream_id = w.stream_id order by e.revision desc limit 1), -1)
    from json_to_recordset(p_events) as w (stream_id text, revision integer, id uuid)
    left join event_store.events s on s.stream_id = w.stream_id and s.revision = w.revision and s.id = w.id
    group by w.stream_id
    having count(s.id) < count(*);
  end if;
end $$;

-- Down Migration
drop function event_store.append(text, json, text);
