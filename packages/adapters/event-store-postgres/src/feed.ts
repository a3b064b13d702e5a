import type { RecordedEvent } from '@daybook/core';
import type { Database } from '@daybook/postgres';
import { EVENT_COLUMNS, type EventRow, recordedOf } from './recorded.ts';

/** A page of a context's feed. */
export interface FeedPage {
  readonly events: readonly RecordedEvent[];
  /** Nothing that was asked for lies between the last event and this position. */
  readonly upTo: number;
  /** Whether the feed went on beyond it, as far as is known. */
  readonly more: boolean;
  /** Whether the feed ends before the position that was asked for: it went back in time. */
  readonly rewound: boolean;
}

/** What to read: after a position, and up to another, of some of a group's partitions, and of some types. */
export interface FeedPageRequest {
  readonly context: string;
  readonly after: number;
  readonly upTo?: number | undefined;
  readonly limit: number;
  /** All when left out. */
  readonly partitions?: { readonly of: number; readonly only: readonly number[] } | undefined;
  /** All when left out. */
  readonly types?: readonly string[] | undefined;
}

/** A page ends before its events take more, bytes of JSON, unless there is but one: whoever reads has to hold them. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
/** Positions looked through at once in search of some types; there are no gaps, so it is as many events. */
const SPAN = 100_000;

/**
 * Positions commit in order (see `event_store.append`), so what one snapshot shows up to its head is all there will
 * ever be up to there. Head and events are read by one statement, hence from one snapshot.
 */
export async function readFeedPage(database: Database, request: FeedPageRequest): Promise<FeedPage> {
  const { context, after, limit, partitions, types } = request;
  const upTo = Math.min(request.upTo ?? Number.MAX_SAFE_INTEGER, types === undefined ? Infinity : after + SPAN);
  const values: unknown[] = [context, after, upTo, limit, MAX_PAGE_BYTES];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = [
    ...(partitions === undefined ? [] : [`bucket % ${parameter(partitions.of)} = any(${parameter(partitions.only)})`]),
    ...(types === undefined ? [] : [`type = any(${parameter(types)})`]),
  ];
  const rows = await database.query<EventRow & { head: number | null; found: number | null }>({
    name: ['feed', ...(partitions === undefined ? [] : ['partitions']), ...(types === undefined ? [] : ['types'])].join(
      '-',
    ),
    text: `
      select f.head, e.found::integer, ${EVENT_COLUMNS}
      from (select (select last_position from event_store.feeds where context = $1) as head) f
      left join lateral (
        select *
        from (
          select *, count(*) over () as found, sum(octet_length(data::text)) over (order by position) as bytes,
            row_number() over (order by position) as nth
          from (
            select * from event_store.events
            where ${['context = $1', 'position > $2', 'position <= $3', ...conditions].join(' and ')}
            order by position limit $4
          ) page
        ) weighed
        where nth = 1 or bytes <= $5
        order by position
      ) e on true`,
    values,
  });
  const head = rows[0]?.head ?? 0;
  // Without events there is one row, for the head alone.
  const events = rows.filter(({ position }) => position !== null).map(recordedOf);
  const last = events.at(-1);
  const full = last !== undefined && (events.length === limit || events.length < (rows[0]?.found ?? 0));
  const end = full ? last.position : Math.max(Math.min(head, upTo), after);
  return { events, upTo: end, more: end < head, rewound: head < after };
}
