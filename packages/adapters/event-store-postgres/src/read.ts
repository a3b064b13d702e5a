import type { EventStore, RecordedEvent } from '@daybook/core';
import { Batches, type Database } from '@daybook/postgres';
import { EVENT_COLUMNS, type EventRow, recordedOf } from './recorded.ts';

/** Streams read by one statement. */
const MAX_STREAMS = 500;

interface Read {
  readonly streamId: string;
  readonly fromRevision: number;
  readonly limit: number;
  resolve(events: readonly RecordedEvent[]): void;
  reject(error: unknown): void;
}

/** Reads of many streams that are asked for at the same time go in one statement. */
export function createRead(database: Database): EventStore['read'] {
  const batches = new Batches(readAll, (waiting: Read[]) => waiting.splice(0, MAX_STREAMS));
  return (streamId, fromRevision, limit) =>
    new Promise((resolve, reject) => batches.add({ streamId, fromRevision, limit, resolve, reject }));

  async function readAll(reads: readonly Read[]): Promise<void> {
    try {
      const rows = await database.query<EventRow & { n: number }>({
        name: 'read',
        text: `
          select r.n, ${EVENT_COLUMNS}
          from json_to_recordset($1) as r (n integer, s text, f integer, l integer)
          cross join lateral (
            select * from event_store.events where stream_id = r.s and revision >= r.f order by revision limit r.l
          ) e
          order by r.n, e.revision`,
        values: [
          JSON.stringify(
            reads.map(({ streamId, fromRevision, limit }, n) => ({ n, s: streamId, f: fromRevision, l: limit })),
          ),
        ],
      });
      const found = reads.map((): RecordedEvent[] => []);
      for (const row of rows) found[row.n]?.push(recordedOf(row));
      for (const [n, { resolve }] of reads.entries()) resolve(found[n] ?? []);
    } catch (error) {
      for (const { reject } of reads) reject(error);
    }
  }
}

/** A stream from a revision, or from its end, back to its start. */
export async function readBackwards(
  database: Database,
  streamId: string,
  fromRevision: number | 'end',
  limit: number,
): Promise<RecordedEvent[]> {
  const rows = await database.query<EventRow>({
    name: 'read-backwards',
    text: `
      select ${EVENT_COLUMNS} from event_store.events e
      where stream_id = $1 and revision <= coalesce($2, 2147483647) order by revision desc limit $3`,
    values: [streamId, fromRevision === 'end' ? null : fromRevision, limit],
  });
  return rows.map(recordedOf);
}
