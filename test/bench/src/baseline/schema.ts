/** The bare pipeline's tables: a log in one order, and rows with a checkpoint. */
export const SCHEMA = `
  create table floor_feed (id integer primary key, last_position bigint not null);
  insert into floor_feed values (1, 0);
  create table floor_events (
    position bigint primary key, stream_id text not null, revision integer not null, id uuid not null unique,
    type text not null, data json not null, metadata json not null, unique (stream_id, revision)
  );
  create table floor_rows (id text primary key, amount bigint, duration bigint, status text, requested_at timestamptz, submitted_at timestamptz);
  create table floor_checkpoint (id integer primary key, position bigint not null);
  insert into floor_checkpoint values (1, 0);
  create function floor_append(p_events json) returns void language plpgsql as $$
  declare v_last bigint;
  begin
    select last_position into v_last from floor_feed where id = 1 for update;
    insert into floor_events select v_last + n, stream_id, revision, id, type, data::json, metadata::json
      from json_to_recordset(p_events) as e
        (n integer, stream_id text, revision integer, id uuid, type text, data text, metadata text);
    update floor_feed set last_position = v_last + json_array_length(p_events) where id = 1;
    perform pg_notify('baseline', '');
  end $$;`;

/** The queue of the bare pipeline. */
export const QUEUE = 'baseline';

/** Writes so many events ($1) of loans that were requested and submitted. */
export const FILL = `
  with feed as (
    update floor_feed set last_position = last_position + $1::int where id = 1 returning last_position - $1::int as before
  ), loans as (
    select n, gen_random_uuid()::text as id from generate_series(1, $1::int / 2) as n
  )
  insert into floor_events
  select before + 2 * n - 1 + revision, 'baseline-LoanRequest-' || id, revision, gen_random_uuid(),
    (array['LoanRequested', 'LoanRequestSubmitted'])[revision + 1],
    case revision
      when 0 then json_build_object('loan_application_uuid', id, 'amount', 1000, 'duration', 12)
      else json_build_object('loan_application_uuid', id)
    end,
    json_build_object('command_id', id, 'causation_id', id, 'correlation_id', id, 'recorded_at', now())
  from feed, loans, generate_series(0, 1) as revision`;

/** Writes so many events ($1) of one stream ($2). */
export const FILL_STREAM = `
  with feed as (
    update floor_feed set last_position = last_position + $1::int where id = 1 returning last_position - $1::int as before
  )
  insert into floor_events
  select before + n, $2::text, n - 1, gen_random_uuid(), 'LoanRequestSubmitted',
    json_build_object('loan_application_uuid', $2::text),
    json_build_object('command_id', n, 'causation_id', n, 'correlation_id', n, 'recorded_at', now())
  from feed, generate_series(1, $1::int) as n`;

/** The events of a stream ($1), in order. */
export const STREAM =
  'select position, revision, id, type, data, metadata from floor_events where stream_id = $1 order by revision';
