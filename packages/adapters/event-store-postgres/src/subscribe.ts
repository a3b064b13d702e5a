import { randomUUID } from 'node:crypto';
import {
  AsyncSignal,
  afterFault,
  backoffMs,
  deliver,
  type EventsHandler,
  failed,
  type Log,
  patient,
  type RetryPolicy,
  retryPolicyOf,
  type SetAside,
  Stopping,
  type Subscription,
  type SubscriptionOptions,
  systemClock,
} from '@daybook/core';
import type { Database } from '@daybook/postgres';
import { CheckpointPace } from './checkpoint-pause.ts';
import type { FeedPageRequest } from './feed.ts';
import { gatheringMs } from './gathering.ts';
import { HeldLeases } from './held-leases.ts';
import { createGroup, leaveGroup, type Membership, releaseLeases, renewLeases } from './leases.ts';
import { blockedEntities, dueEvents, failedAgain, finish, unpark } from './parked.ts';
import type { RecentFeedPages } from './recent-feed-pages.ts';

/** Divides 1,024 buckets evenly, and is more than the consumers a group is likely to have. */
const PARTITIONS = 16;

/** Events handed over at once when a group is behind: more share the cost of a write, and take more memory. */
const BATCH_SIZE = 500;

/** Times of a subscription, milliseconds. */
export interface SubscriptionTimes {
  /** A consumer that is silent for so long loses its partitions. */
  readonly leaseMs: number;
  /** The feed is looked at this often even when no notification came. */
  readonly pollMs: number;
  /** Checkpoints are stored at most this often, more rarely when that takes long; a crash repeats what came since. */
  readonly checkpointMs: number;
}

/** One consumer of a group: takes its share of the partitions, and hands over their events in the order of the feed. */
export class GroupConsumer implements Subscription {
  readonly #database: Database;
  readonly #feedPages: RecentFeedPages;
  readonly #options: SubscriptionOptions;
  readonly #times: SubscriptionTimes;
  readonly #policy: RetryPolicy;
  readonly #handle: EventsHandler;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #held = new HeldLeases();
  readonly #waker = new AsyncSignal();
  readonly #pace: CheckpointPace;
  /** Entities with something set aside. */
  readonly #blocked = new Set<string>();
  /** Not yet stored. */
  #aside: SetAside[] = [];
  #me: Membership;
  #retriedAt = 0;
  #running: Promise<void> | undefined;

  constructor(
    database: Database,
    feedPages: RecentFeedPages,
    options: SubscriptionOptions,
    times: SubscriptionTimes,
    log: Log,
  ) {
    this.#database = database;
    this.#feedPages = feedPages;
    this.#options = options;
    this.#times = times;
    this.#pace = new CheckpointPace(times.checkpointMs);
    this.#policy = retryPolicyOf(options);
    this.#handle = patient(options.handle, systemClock, this.#stopping.signal, log, options.group);
    this.#log = log;
    this.#me = { group: options.group, context: options.context, consumer: randomUUID(), partitions: 0 };
  }

  start(): void {
    this.#running = this.#run();
  }

  /** There may be something new to read. @param types what came; anything when left out, as is the context */
  wake(context?: string, types?: readonly string[]): void {
    if (context !== undefined && context !== this.#options.context) return;
    const wanted = this.#options.types;
    if (types === undefined || wanted === undefined || types.some((type) => wanted.includes(type))) this.#waker.wake();
  }

  /** Somebody gave partitions back. */
  wakeForLeases(group: string | undefined): void {
    if (group === this.#options.group) void this.#renew();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waker.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    await this.#untilStopped(async () => {
      const partitions = await createGroup(this.#database, this.#me.group, this.#me.context, PARTITIONS);
      this.#me = { ...this.#me, partitions };
      return 'done';
    });
    const renewal = setInterval(() => void this.#renew(), this.#times.leaseMs / 3);
    await this.#renew();
    await this.#untilStopped(async () => {
      const began = performance.now();
      const busy = await this.#step();
      if (busy) return 'again';
      const gathering = gatheringMs(performance.now() - began, this.#me.partitions, this.#held.size);
      await systemClock.sleep(gathering, this.#stopping.signal);
      await this.#waker.rest(this.#pauseMs());
      return 'again';
    });
    clearInterval(renewal);
    await this.#leave();
  }

  /** Repeats the work, through failures of the event store too, until it is done or the subscription is stopped. */
  async #untilStopped(work: () => Promise<'again' | 'done'>): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        if ((await work()) === 'done') return;
        failures = 0;
      } catch (err) {
        if (err instanceof Stopping) return;
        this.#log.warn(
          { err, group: this.#me.group, attempt: ++failures },
          'the event store is unavailable; the subscription retries',
        );
        await systemClock.sleep(backoffMs(failures, 50, 2000), signal);
      }
    }
  }

  /** @returns whether there was something to do */
  async #step(): Promise<boolean> {
    await this.#shedSurplus();
    await this.#learnBlocked();
    const retried = await this.#retryDue();
    const advanced = await this.#advance();
    if (this.#aside.length > 0 || this.#pace.isDue) await this.#finish();
    return retried || advanced;
  }

  async #advance(): Promise<boolean> {
    const next = this.#held.next();
    if (next === undefined) return false;
    const { leases, after, upTo } = next;
    const { context, partitions } = this.#me;
    const only = leases.map(({ partition }) => partition);
    const request: FeedPageRequest = {
      context,
      after,
      limit: this.#options.batchSize ?? BATCH_SIZE,
      upTo,
      partitions: only.length === partitions ? undefined : { of: partitions, only },
      types: this.#options.types,
    };
    const feedPage = await this.#feedPages.read(request);
    if (feedPage.more && upTo === undefined) this.#feedPages.prepare({ ...request, after: feedPage.upTo });
    if (feedPage.upTo === after) return feedPage.more;
    if (feedPage.events.length > 0) {
      this.#aside.push(...(await deliver(feedPage.events, this.#blocked, this.#handle, this.#policy)));
    }
    for (const lease of leases) lease.cursor = feedPage.upTo;
    // Where that was all, a look for more would find nothing: whatever comes, wakes.
    return feedPage.more;
  }

  async #retryDue(): Promise<boolean> {
    const pause = Math.min(1000, this.#policy.retryDelayMs);
    if (this.#blocked.size === 0 || this.#aside.length > 0 || Date.now() - this.#retriedAt < pause) return false;
    const due = await dueEvents(this.#database, this.#me, this.#held.partitions);
    for (const one of due) {
      try {
        await this.#handle([one.event]);
        const more = await unpark(this.#database, this.#me, one);
        if (!more) this.#blocked.delete(one.entityId);
      } catch (error) {
        if (error instanceof Stopping || afterFault(error) === 'wait') throw error;
        await failedAgain(this.#database, this.#me, failed(one.event, one.attempts + 1, error, this.#policy));
      }
    }
    if (due.length === 0) this.#retriedAt = Date.now();
    return due.length > 0;
  }

  /** Stores the checkpoints that moved, and what was set aside before them. */
  async #finish(): Promise<void> {
    const progress = this.#held.progress;
    const aside = this.#aside;
    if (progress.length === 0 && aside.length === 0) return;
    const moved = await this.#pace.store(() => finish(this.#database, this.#me, progress, aside));
    this.#aside = this.#aside.slice(aside.length);
    this.#sayLost(this.#held.stored(progress, moved));
  }

  async #renew(): Promise<void> {
    if (this.#stopping.signal.aborted || this.#me.partitions === 0) return;
    try {
      const { leases, share } = await renewLeases(this.#database, this.#me, this.#times.leaseMs);
      this.#sayLost(this.#held.update(leases, share));
      if (this.#held.unknown.length > 0 || leases.length > share) this.#waker.wake();
    } catch (err) {
      this.#log.warn({ err, group: this.#me.group }, 'could not renew the leases; trying again');
    }
  }

  #sayLost(partitions: readonly number[]): void {
    if (partitions.length > 0)
      this.#log.info({ group: this.#me.group, partitions }, 'partitions were taken over by another consumer');
  }

  /** Another consumer has come: what is more than this one's share goes back, with its checkpoint stored. */
  async #shedSurplus(): Promise<void> {
    if (this.#held.size <= this.#held.share) return;
    await this.#finish();
    await releaseLeases(this.#database, this.#me, this.#held.shed());
  }

  async #learnBlocked(): Promise<void> {
    const fresh = this.#held.unknown;
    if (fresh.length === 0) return;
    const only = fresh.map(({ partition }) => partition);
    for (const entity of await blockedEntities(this.#database, this.#me, only)) this.#blocked.add(entity);
    for (const lease of fresh) lease.known = true;
  }

  /** Milliseconds until there may be something to do without being woken. */
  #pauseMs(): number {
    const { pollMs } = this.#times;
    const pause = this.#blocked.size > 0 ? Math.min(pollMs, this.#policy.retryDelayMs) : pollMs;
    return this.#held.progress.length > 0 ? Math.min(pause, this.#pace.pauseMs) : pause;
  }

  async #leave(): Promise<void> {
    try {
      await this.#finish();
      await releaseLeases(this.#database, this.#me, this.#held.partitions);
      await leaveGroup(this.#database, this.#me);
    } catch (err) {
      this.#log.warn({ err, group: this.#me.group }, 'could not release the leases; they expire on their own');
    }
  }
}
