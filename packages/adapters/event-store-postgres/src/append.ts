import {
  type Appended,
  type EventIdentity,
  type EventStore,
  type ExpectedRevision,
  MalformedMessage,
  type NewEvent,
  parseStreamId,
  RevisionConflict,
  Unavailable,
} from '@daybook/core';
import { Batches, type Database, violatedConstraint } from '@daybook/postgres';
import { bucketOf } from './bucket.ts';

/** Events in one commit: large enough that the commit's cost is shared, small enough not to hold the lock long. */
const MAX_EVENTS = 1000;
/** Characters of JSON in one commit, unless one append alone has more. */
const MAX_LENGTH = 8 * 1024 * 1024;

/** An event with what it says as JSON. */
interface Encoded extends Pick<NewEvent, 'id' | 'type'> {
  readonly data: string;
  readonly metadata: string;
}

interface Append {
  readonly streamId: string;
  readonly expected: number;
  readonly events: readonly Encoded[];
  /** Of all of it, characters. */
  readonly length: number;
  /** Whether the same events at the same place are a conflict too. */
  readonly first: boolean;
  /** What the event at the expected revision has to be, where that is known. */
  readonly last: EventIdentity | undefined;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

/** A stream that was not where its writer expects it. */
interface LeftOut {
  stream_id: string;
  revision: number;
}

/**
 * Group commit: the appends that come while a commit is under way are committed together by the next one.
 * A stream that is not where its writer expects it fails alone; an append whose answer was lost, made again, succeeds as
 * it did.
 */
export function createAppend(database: Database): Required<Pick<EventStore, 'append' | 'startStream'>> {
  const byContext = new Map<string, Batches<Append>>();
  return {
    append: (streamId, at, events, last) => append(streamId, events, { at, first: false, last }),
    startStream: (streamId, events) => append(streamId, events, { at: 'no-stream', first: true, last: undefined }),
  };

  function append(
    streamId: string,
    events: readonly NewEvent[],
    { at, ...conditions }: { at: ExpectedRevision } & Pick<Append, 'first' | 'last'>,
  ) {
    return new Promise<Appended>((resolve, reject) => {
      const { context } = parseStreamId(streamId);
      const expected = at === 'no-stream' ? -1 : at;
      if (events.length === 0) return resolve({ revision: expected });
      let batches = byContext.get(context);
      if (batches === undefined) {
        batches = new Batches((appends) => commit(context, appends), takeBatch);
        byContext.set(context, batches);
      }
      const encoded = events.map(encode);
      const length = encoded.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
      batches.add({ streamId, expected, events: encoded, length, ...conditions, resolve, reject });
    });
  }

  async function commit(context: string, appends: readonly Append[]): Promise<void> {
    try {
      const rows = rowsOf(appends);
      const leftOut = await database.query<LeftOut>({
        name: 'append',
        text: 'select stream_id, revision from event_store.append($1, $2, $3)',
        values: [context, JSON.stringify(rows), [...new Set(rows.map(({ type }) => type))].join(',')],
      });
      const heads = new Map(leftOut.map(({ stream_id, revision }) => [stream_id, revision]));
      for (const append of appends) resolveAppend(append, heads.get(append.streamId));
    } catch (error) {
      const [first] = appends;
      if (error instanceof Unavailable) for (const { reject } of appends) reject(error);
      else if (first !== undefined && appends.length === 1) first.reject(faultOfAppend(error, first.streamId));
      // One of them the database can't take. By themselves, the others succeed.
      else for (const append of appends) await commit(context, [append]);
    }
  }
}

function encode({ id, type, data, metadata }: NewEvent): Encoded {
  return { id, type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
}

/** @param head where the stream is, when it was left out */
function resolveAppend({ streamId, expected, events, resolve, reject }: Append, head: number | undefined): void {
  if (head === undefined) resolve({ revision: expected + events.length });
  else reject(new RevisionConflict(streamId, expected === -1 ? 'no-stream' : expected, head));
}

/** At most one append a stream: a second one waits for the next commit. */
function takeBatch(waiting: Append[]): Append[] {
  const batch: Append[] = [];
  const later: Append[] = [];
  const streams = new Set<string>();
  let count = 0;
  let length = 0;
  for (const append of waiting) {
    const full = count + append.events.length > MAX_EVENTS || length + append.length > MAX_LENGTH;
    if (streams.has(append.streamId) || (count > 0 && full)) {
      later.push(append);
    } else {
      batch.push(append);
      count += append.events.length;
      length += append.length;
    }
    streams.add(append.streamId);
  }
  waiting.splice(0, waiting.length, ...later);
  return batch;
}

/** Numbered from 1, which is their order in the feed. */
function rowsOf(appends: readonly Append[]) {
  const rows = [];
  for (const { streamId, expected, events, first, last } of appends) {
    const bucket = bucketOf(streamId);
    let revision = expected;
    for (const { id, type, data, metadata } of events) {
      revision++;
      rows.push({
        n: rows.length + 1,
        stream_id: streamId,
        expected,
        first,
        last_id: last?.id,
        last_recorded_at: last?.recordedAt,
        revision,
        bucket,
        id,
        type,
        data,
        metadata,
      });
    }
  }
  return rows;
}

/**
 * An id can be taken by an event of another stream only: in its own stream the command would have been known. A position
 * that is taken is nobody's fault who appends.
 */
function faultOfAppend(error: unknown, streamId: string): unknown {
  const constraint = violatedConstraint(error);
  if (constraint === 'events_pkey') return new Unavailable('the next position of the feed', error);
  if (constraint !== 'events_id') return error;
  return new MalformedMessage(
    'message_id_reused',
    `the message_id was used before, for a command to another aggregate than ${streamId}; a new command needs a new id`,
  );
}
