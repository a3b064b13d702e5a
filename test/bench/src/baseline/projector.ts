import pg from 'pg';
import { payloadsOf, ROWS } from './rows-told.ts';

// The read side with nothing in it: read what is new, one upsert with the checkpoint in it, told of, again. One consumer, no gap, no repeat.

const BATCH = 1000;
const POLL_MS = 50;

interface EventRow {
  position: string;
  type: string;
  data: { loan_application_uuid: string; amount?: number; duration?: number };
  metadata: { recorded_at: string };
}

const [postgresUrl] = process.argv.slice(2);
const database = new pg.Client({ connectionString: postgresUrl as string });
const listener = new pg.Client({ connectionString: postgresUrl as string });
await Promise.all([database.connect(), listener.connect()]);
let wake = () => {};
listener.on('notification', () => wake());
await listener.query('listen baseline');

let position = 0;
for (;;) {
  const { rows } = await database.query<EventRow>({
    name: 'read',
    text: 'select position, type, data, metadata from floor_events where position > $1 order by position limit $2',
    values: [position, BATCH],
  });
  if (rows.length === 0) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, POLL_MS);
    });
    continue;
  }
  const folded = new Map<string, object>();
  for (const { type, data, metadata } of rows) {
    const { loan_application_uuid: id, amount, duration } = data;
    const row =
      type === 'LoanRequested'
        ? { id, amount, duration, status: 'pending_submission', requested_at: metadata.recorded_at }
        : { id, status: 'submitted', submitted_at: metadata.recorded_at };
    folded.set(id, { ...folded.get(id), ...row });
  }
  position = Number(rows.at(-1)?.position);
  await database.query({
    name: 'write',
    text: `with written as (
        insert into floor_rows as r select * from json_populate_recordset(null::floor_rows, $1)
        on conflict (id) do update set status = excluded.status, submitted_at = excluded.submitted_at
      ), moved as (
        update floor_checkpoint set position = $2 where id = 1
      ) select pg_notify('${ROWS}', payload) from unnest($3::text[]) as payload`,
    values: [JSON.stringify([...folded.values()]), position, payloadsOf([...folded.keys()])],
  });
}
