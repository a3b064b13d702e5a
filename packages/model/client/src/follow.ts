import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '@daybook/core';
import { serverSentEvents } from './server-sent-events.ts';

/** What to follow, and from where. */
export interface FollowOptions<Row> {
  /** One entity; all of the read model when left out. */
  readonly of?: string;
  /** Column → value; only rows that have them. */
  readonly filters?: { readonly [Column in keyof Row & string]?: string };
  /** The `position` of the last update that was dealt with; what came after it follows. */
  readonly after?: string | undefined;
  /** Ends it; so does leaving the loop. */
  readonly signal?: AbortSignal;
}

/**
 * A change of a read model. `row`: a row as it is now. `gone`: there is no such row, or it matches no more. `changed`: of
 * an entity that has several rows. `aside`: the row lacks an event that could not be folded; it may come later.
 * `unreadable`: the row does not fit its schema, and an operator has to look at it.
 */
export type Update<Row> =
  | { readonly event: 'row'; readonly row: Row; readonly position: string | undefined }
  | {
      readonly event: 'gone' | 'changed' | 'aside' | 'unreadable';
      /** The entity's id, under the name of its column. */
      readonly key: Readonly<Record<string, string>>;
      readonly position: string | undefined;
    };

/**
 * The changes of a read model, at least once each, without a gap: a connection that is lost is opened again where it ended.
 * @throws Error for an answer that is no stream
 */
export async function* follow<Row>(url: URL, { after, signal }: FollowOptions<Row>): AsyncGenerator<Update<Row>, void> {
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  signal?.addEventListener('abort', leave);
  if (signal?.aborted) leave();
  let position = after;
  try {
    for (let attempt = 1; !leaving.signal.aborted; attempt++) {
      const response = await fetch(url, { headers: headersOf(position), signal: leaving.signal }).catch(
        () => undefined,
      );
      if (response !== undefined && response.status >= 400 && response.status < 500) {
        throw new Error(`${url.href} answered ${response.status}: ${await response.text()}`);
      }
      if (response?.status === 200 && response.body !== null) {
        try {
          for await (const { id, event, data } of serverSentEvents(response.body)) {
            attempt = 1;
            position = id ?? position;
            const update = updateOf<Row>(event, data, position);
            if (update !== undefined) yield update;
          }
        } catch {
          // The connection is lost: opened again below.
        }
      } else await response?.body?.cancel();
      await sleep(backoffMs(attempt, 50, 2000), undefined, { signal: leaving.signal }).catch(() => {});
    }
  } finally {
    leave();
    signal?.removeEventListener('abort', leave);
  }
}

function headersOf(position: string | undefined): Record<string, string> {
  return { accept: 'text/event-stream', ...(position !== undefined && { 'last-event-id': position }) };
}

/** @returns undefined for what is no change: a sign of life, or the stream's own beginning and end */
function updateOf<Row>(
  event: string | undefined,
  data: string | undefined,
  position: string | undefined,
): Update<Row> | undefined {
  if (data === undefined) return undefined;
  if (event === 'row') return { event, row: JSON.parse(data) as Row, position };
  if (!isOfKey(event)) return undefined;
  return { event, key: JSON.parse(data) as Record<string, string>, position };
}

function isOfKey(event: string | undefined): event is 'gone' | 'changed' | 'aside' | 'unreadable' {
  return event === 'gone' || event === 'changed' || event === 'aside' || event === 'unreadable';
}
