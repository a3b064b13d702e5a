import type { EventToStore } from './stored-event.ts';
import { truncateBefore } from './stream-metadata.ts';
import type { Streams } from './streams.ts';

/** Expected versions with a meaning of their own. */
export const ExpectedVersion = { any: -2, noStream: -1, streamExists: -4 } as const;

/** Where recently written events are, by id. Not durable: it is empty after a start. */
export type RecentIds = Map<string, { readonly stream: string; readonly number: number }>;

/** What an append comes to. */
export type AppendOutcome =
  | { readonly outcome: 'append'; readonly events: readonly EventToStore[] }
  | { readonly outcome: 'already-written'; readonly first: number; readonly last: number }
  | { readonly outcome: 'wrong-expected-version' }
  | { readonly outcome: 'stream-deleted' };

/**
 * Decides an append as EventStoreDB does. Only ids are compared: a repeat with a changed payload counts as written.
 * `any` knows only recent ids; an exact version is checked against the stream itself, and only when it is lower than
 * the current one, so that a repeat with the current version is appended again.
 */
export function decideAppend(
  streams: Streams,
  recent: RecentIds,
  stream: string,
  expected: number,
  events: readonly EventToStore[],
): AppendOutcome {
  const state = streams.state(stream);
  if (state === 'deleted') return { outcome: 'stream-deleted' };
  const last = streams.lastNumber(stream);
  const append = (): AppendOutcome => ({
    outcome: 'append',
    events: state === 'soft-deleted' ? [truncateBefore(stream, last + 1), ...events] : events,
  });

  if (expected === ExpectedVersion.any || expected === ExpectedVersion.streamExists) {
    if (expected === ExpectedVersion.streamExists && state !== 'live') return { outcome: 'wrong-expected-version' };
    return repeatOfRecent(recent, stream, events) ?? append();
  }
  if (expected > last) return { outcome: 'wrong-expected-version' };
  if (expected === last) return append();
  const same = events.filter(({ id }, index) => streams.at(stream, expected + 1 + index)?.id === id).length;
  if (same === events.length) {
    return { outcome: 'already-written', first: expected + 1, last: expected + events.length };
  }
  const firstIsOther = streams.at(stream, expected + 1)?.id !== events[0]?.id;
  return firstIsOther && expected === ExpectedVersion.noStream && state === 'soft-deleted'
    ? append()
    : { outcome: 'wrong-expected-version' };
}

/** A batch counts as written when all of it was; when only its beginning was, it is refused. */
function repeatOfRecent(recent: RecentIds, stream: string, events: readonly EventToStore[]): AppendOutcome | undefined {
  const numbers: number[] = [];
  for (const { id } of events) {
    const known = recent.get(id);
    if (!known || known.stream !== stream) {
      return numbers.length === 0 ? undefined : { outcome: 'wrong-expected-version' };
    }
    numbers.push(known.number);
  }
  const [first] = numbers;
  return first === undefined ? undefined : { outcome: 'already-written', first, last: numbers.at(-1) ?? first };
}
