import { type Appended, type EventStore, type NewEvent, RevisionConflict } from '@daybook/core';
import esdb from 'node-eventstore-client';
import { isNamed, isRefusal, NotDone } from './faults.ts';
import type { Link } from './link.ts';
import { checkName, readSlice } from './read.ts';
import { numberOf } from './recorded.ts';

/** The part of the time for the append itself; the rest is for finding out what became of it. */
const APPEND_SHARE = 0.6;

interface Append {
  readonly streamId: string;
  readonly expected: number;
  readonly events: readonly NewEvent[];
  /** When to give up, milliseconds since 1970. */
  readonly until: number;
}

/** One append in flight a stream: the client keeps no order between appends that it sends again after a reconnect. */
export function createAppend(link: Link): Pick<EventStore, 'append'> & { finished(): Promise<void> } {
  const last = new Map<string, Promise<unknown>>();
  let ending = false;

  async function appendNext(...[streamId, expectedRevision, events]: Parameters<EventStore['append']>) {
    checkName(streamId);
    if (ending) throw new NotDone('EventStoreDB', 'the connection was closed by this service');
    const expected = expectedRevision === 'no-stream' ? -1 : expectedRevision;
    if (events.length === 0) return { revision: expected };
    const until = link.deadline();
    const before = Promise.resolve(last.get(streamId));
    const mine = before.then(() => append(link, { streamId, expected, events, until }));
    const settled = mine.catch(() => {});
    last.set(streamId, settled);
    try {
      return await mine;
    } finally {
      if (last.get(streamId) === settled) last.delete(streamId);
    }
  }

  return {
    append: appendNext,
    /** Takes no more. Closing a connection rejects the appends in flight, though they may have been stored: they are waited for. */
    async finished() {
      ending = true;
      await Promise.all(last.values());
    },
  };
}

async function append(link: Link, { streamId, expected, events, until }: Append): Promise<Appended> {
  const data = events.map(dataOf);
  let fault: unknown;
  try {
    const appended = await link.call(
      `appending to ${streamId}`,
      ({ client, user }) =>
        client.appendToStream(streamId, expected, data, user).then(
          ({ nextExpectedVersion }) => ({ revision: numberOf(nextExpectedVersion) }),
          (error: unknown) => {
            if (isNamed(error, 'WrongExpectedVersionError')) return undefined;
            throw error;
          },
        ),
      Date.now() + (until - Date.now()) * APPEND_SHARE,
    );
    if (appended !== undefined) return appended;
  } catch (error) {
    if (isRefusal(error)) throw error;
    fault = error;
  }
  return await whatBecame(link, { streamId, expected, events, until }, fault);
}

/**
 * Looks into the stream. These very events (by id) where they belong: they were appended, by this attempt or an earlier one.
 * @param fault undefined when the server said that the stream is elsewhere; it does not say where
 * @throws RevisionConflict; the fault when nothing is there yet
 */
async function whatBecame(
  link: Link,
  { streamId, expected, events, until }: Append,
  fault: unknown,
): Promise<Appended> {
  const slice = await readSlice(link, 'forward', streamId, { from: expected + 1, count: events.length, until });
  const ids = slice.events.map(({ event }) => event?.eventId);
  if (events.every(({ id }, index) => ids[index] === id.toLowerCase())) return { revision: expected + events.length };
  if (fault !== undefined && slice.last <= expected) throw fault;
  throw new RevisionConflict(streamId, expected === -1 ? 'no-stream' : expected, slice.last);
}

function dataOf({ id, type, data, metadata }: NewEvent) {
  return esdb.createEventData(id, type, true, Buffer.from(JSON.stringify(data)), Buffer.from(JSON.stringify(metadata)));
}
