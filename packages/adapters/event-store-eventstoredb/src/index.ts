import { randomUUID } from 'node:crypto';
import type { EventStore, Log } from '@daybook/core';
import { parseAddress } from './address.ts';
import { createAppend } from './append.ts';
import { dropGroup } from './drop-group.ts';
import { GroupConsumer } from './group-consumer.ts';
import { safeGroupName } from './group-settings.ts';
import { Link } from './link.ts';
import { discardParked, groupProgress, groupStatus, listParked, listParkedGroups, replayParked } from './parked.ts';
import { ParkedStream } from './parked-stream.ts';
import { createReads, readSlice } from './read.ts';

export { checkServer } from './server-version.ts';

/** How to reach the event store, and how patient to be. */
export interface EventStoreDbOptions {
  /** `esdb+tcp://user:password@host:1113`, with `?tls=true` for a server that is not insecure. */
  readonly url: string;
  readonly log: Log;
  /** Milliseconds until a call is given up with Unavailable. */
  readonly deadlineMs?: number;
  /** Milliseconds after which the server delivers an event again that was not acknowledged; for groups that are created. */
  readonly messageTimeoutMs?: number;
  /** Milliseconds between looks for parked events to be handled again, where no event comes. */
  readonly pollMs?: number;
}

/**
 * An event store in EventStoreDB, up to version 23.10, which is the last to speak TCP. Connects when it is first used.
 * An event read from its own stream has position 0: only the feed knows positions.
 * @throws Error when the URL is not one of EventStoreDB
 */
export function connectEventStoreDb(options: EventStoreDbOptions): EventStore {
  const { url, log, deadlineMs = 10_000, messageTimeoutMs = 30_000, pollMs = 500 } = options;
  const address = parseAddress(url);
  const doubters = new Set<() => void>();
  const onReconnect = () => {
    for (const doubt of doubters) doubt();
  };
  const link = new Link(address, { name: 'daybook', log, deadlineMs, onReconnect });
  const { append, finished } = createAppend(link);
  const store = { append, ...createReads(link) };
  const consumers = new Set<GroupConsumer>();
  const groups = new Map<string, ParkedStream>();
  const writer = randomUUID();

  function parkedBy(group: string, context: string): ParkedStream {
    const key = keyOf(group, context);
    const known = groups.get(key) ?? new ParkedStream(store, { context, group: safeGroupName(group), writer });
    groups.set(key, known);
    return known;
  }

  return {
    ...store,
    onDoubt(listener) {
      doubters.add(listener);
    },
    async subscribe(subscription) {
      const times = { messageTimeoutMs, pollMs, deadlineMs };
      const consumer = new GroupConsumer({ address, store }, subscription, times, log);
      consumers.add(consumer);
      consumer.start();
      return {
        async stop() {
          await consumer.stop();
          consumers.delete(consumer);
        },
        async check() {},
      };
    },
    async proveMarks() {
      return [];
    },
    groupStatus: (group, context) => groupStatus(link, parkedBy(group, context), { group, context }),
    listParkedGroups: (context) => listParkedGroups(link, context, (group) => parkedBy(group, context)),
    groupProgress: (group, context) => groupProgress(link, parkedBy(group, context), { group, context }),
    async dropGroup(group, context) {
      await dropGroup(link, group, context);
      // What was read of its stream is not its stream any more.
      groups.delete(keyOf(group, context));
    },
    listParked: (group, context) => listParked(store, parkedBy(group, context)),
    replayParked: (group, context, position) => replayParked(parkedBy(group, context), position),
    discardParked: (group, context, position) => discardParked(parkedBy(group, context), position),
    async ping() {
      await readSlice(link, 'forward', 'daybook', { from: 0, count: 1 });
    },
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
      await finished();
      link.close();
    },
  };
}

function keyOf(group: string, context: string): string {
  return `${context}/${group}`;
}
