import { type EventStore, type Log, Watchers } from '@daybook/core';
import { connectDatabase, listen } from '@daybook/postgres';
import { createAppend } from './append.ts';
import { readFeedPage } from './feed.ts';
import { dropGroup, groupProgress, groupStatus } from './group-status.ts';
import { discardParked, listParked, listParkedGroups, replayParked } from './parked.ts';
import { proveMarks } from './prove-marks.ts';
import { createRead, readBackwards } from './read.ts';
import { RecentFeedPages } from './recent-feed-pages.ts';
import { GroupConsumer } from './subscribe.ts';
import type { SubscriptionTimes } from './subscription-times.ts';

export { migrationsFolder } from './migrations-folder.ts';
export { grantToServices } from './service-role.ts';

/** How to reach the event store, and how patient to be. */
export interface PostgresEventStoreOptions extends Partial<SubscriptionTimes> {
  /** `postgres://user:password@host:port/database`; the schema must have been migrated. */
  readonly url: string;
  /** A way to the same database past a pooler that carries no notifications; `url` when left out. */
  readonly listenUrl?: string | undefined;
  readonly log: Log;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** Milliseconds until a call is given up with Unavailable. */
  readonly deadlineMs?: number;
}

/** An event store in Postgres. Connects when it is first used. */
export function connectPostgresEventStore(options: PostgresEventStoreOptions): EventStore {
  const { url, listenUrl, log, applicationName = 'daybook', deadlineMs = 10_000 } = options;
  const { leaseMs = 6000, pollMs = 500, checkpointMs = 100 } = options;
  const database = connectDatabase({ url, log, applicationName, deadlineMs, maxConnections: 6, onConnectionLost });
  const consumers = new Set<GroupConsumer>();
  const doubters = new Set<() => void>();
  const feedPages = new RecentFeedPages((request) => readFeedPage(database, request));
  /** By context. */
  const watchers = new Watchers();
  let notifications: ReturnType<typeof listen> | undefined;
  const listening = () => {
    notifications ??= listen({ url, listenUrl, channel: 'event_store', applicationName, log }, onNotify);
  };

  /** What answers next may be another server, or the same one with another log. */
  function onConnectionLost(): void {
    feedPages.forget();
    for (const consumer of consumers) consumer.doubt();
    for (const doubt of doubters) doubt();
  }

  /** The payload is `lease <group>`, or a context that was appended to, with the types of the events that came. */
  function onNotify(payload: string | undefined): void {
    const [what, which] = payload?.split(' ') ?? [];
    if (what !== 'lease') feedPages.changed();
    if (what === undefined) watchers.tellAll();
    else if (what !== 'lease') watchers.tell(what);
    for (const consumer of consumers) {
      if (what === 'lease') consumer.wakeForLeases(which);
      else consumer.wake(what, which?.split(','));
    }
  }

  return {
    ...createAppend(database),
    read: createRead(database),
    readBackwards: (streamId, fromRevision, limit) => readBackwards(database, streamId, fromRevision, limit),
    async readFeed(context, afterPosition, limit) {
      const { events } = await readFeedPage(database, { context, after: afterPosition, limit });
      return events;
    },
    watchFeed(context, onAppend) {
      listening();
      return watchers.add(context, onAppend);
    },
    onDoubt(listener) {
      doubters.add(listener);
    },
    async subscribe(subscription) {
      listening();
      const consumer = new GroupConsumer(database, feedPages, subscription, { leaseMs, pollMs, checkpointMs }, log);
      consumers.add(consumer);
      consumer.start();
      return {
        async stop() {
          await consumer.stop();
          consumers.delete(consumer);
        },
        check: () => consumer.check(),
      };
    },
    proveMarks: (group, stored) => proveMarks(database, group, stored),
    groupStatus: (group, context) => groupStatus(database, group, context),
    listParkedGroups: (context) => listParkedGroups(database, context),
    groupProgress: (group, context) => groupProgress(database, group, context),
    dropGroup: (group, context) => dropGroup(database, group, context),
    listParked: (group, context) => listParked(database, group, context),
    replayParked: (group, context, position) => replayParked(database, group, context, position),
    discardParked: (group, context, position) => discardParked(database, group, context, position),
    async ping() {
      await database.query({ text: 'select from event_store.feeds limit 1' });
    },
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
      await notifications?.close();
      await database.close();
    },
  };
}
