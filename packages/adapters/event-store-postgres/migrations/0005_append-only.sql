-- Up Migration
-- What happened is never changed: nobody changes or removes events, not even their owner, unless the trigger is switched off
-- on purpose (docs/guides/operating.md, "Changing the log").
create function event_store.refuse_change() returns trigger
language plpgsql as $$
begin
  raise exception using
    errcode = 'restrict_violation',
    message = format('%s of %I.%I is refused: events are only ever appended', lower(tg_op), tg_table_schema, tg_table_name),
    hint = 'Changing the log, in the operating guide, says what its owner has to do to change it all the same.';
end $$;

create trigger append_only before update or delete or truncate on event_store.events
for each statement execute function event_store.refuse_change();
-- Also where session_replication_role switches ordinary triggers off.
alter table event_store.events enable always trigger append_only;

-- Down Migration
drop trigger append_only on event_store.events;
drop function event_store.refuse_change();
