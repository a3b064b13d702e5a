import { randomUUID } from 'node:crypto';
import {
  AsyncSignal,
  deliver,
  type EventsHandler,
  type GroupSubscription,
  type Log,
  patient,
  type RetryPolicy,
  retryPolicyOf,
  type SetAside,
  type SubscriptionOptions,
  systemClock,
} from '@daybook/core';
import type { Database } from '@daybook/postgres';
import { BlockedEntities } from './blocked-entities.ts';
import { CheckpointPace } from './checkpoint-pause.ts';
import type { FeedPageRequest } from './feed.ts';
import { gatheringMs } from './gathering.ts';
import { HandOver } from './hand-over.ts';
import { HeldLeases } from './held-leases.ts';
import { createGroup, leaveGroup, type Membership, releaseLeases, renewLeases } from './leases.ts';
import { finish } from './parked.ts';
import type { RecentFeedPages } from './recent-feed-pages.ts';
import type { SubscriptionTimes } from './subscription-times.ts';
import { doubting, TakeOver } from './take-over.ts';
import { untilStopped } from './until-stopped.ts';

/** Divides 1,024 buckets evenly, and is more than the consumers a group is likely to have. */
const PARTITIONS = 16;

/** Events handed over at once when a group is behind: more share the cost of a write, and take more memory. */
const BATCH_SIZE = 500;

/** One consumer of a group: takes its share of the partitions, and hands over their events in the order of the feed. */
export class GroupConsumer implements GroupSubscription {
  readonly #database: Database;
  readonly #feedPages: RecentFeedPages;
  readonly #options: SubscriptionOptions;
  readonly #times: SubscriptionTimes;
  readonly #policy: RetryPolicy;
  readonly #handOver: HandOver;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #held = new HeldLeases();
  readonly #waker = new AsyncSignal();
  readonly #pace: CheckpointPace;
  readonly #takeOver: TakeOver;
  readonly #blocked = new BlockedEntities();
  /** Not yet stored. */
  #aside: SetAside[] = [];
  #me: Membership;
  #retriedAt = 0;
  /** Whether the stores may have been put back to an earlier point: then all has to be proven again. */
  #doubtful = false;
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
    const doubted = doubting(options, () => this.doubt());
    const handle = patient(doubted, systemClock, this.#stopping.signal, log, options.group);
    this.#handOver = new HandOver({ handle, marks: options.marks, held: this.#held, blocked: this.#blocked });
    this.#log = log;
    this.#takeOver = new TakeOver(database, options, log);
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

  /** Either store may have been put back to an earlier point. */
  doubt(): void {
    this.#doubtful = true;
    this.#waker.wake();
  }

  async check(): Promise<void> {
    this.#takeOver.check();
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

  #untilStopped(work: () => Promise<'again' | 'done'>): Promise<void> {
    const failed = () => this.doubt();
    return untilStopped({ signal: this.#stopping.signal, group: this.#me.group, log: this.#log, failed }, work);
  }

  /** @returns whether there was something to do */
  async #step(): Promise<boolean> {
    if (this.#doubtful) await this.#startOver();
    await this.#shedSurplus();
    if (!(await this.#takeOver.of(this.#me, this.#held, this.#blocked))) return false;
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
    if (feedPage.rewound) this.doubt();
    if (feedPage.upTo === after) return feedPage.more;
    if (feedPage.events.length > 0) {
      const handOver: EventsHandler = (events) => this.#handOver.of(this.#me, events, feedPage.events);
      const aside = await deliver(feedPage.events, this.#blocked.ids, handOver, this.#policy);
      this.#blocked.add(aside);
      this.#aside.push(...aside);
    }
    for (const lease of leases) lease.cursor = feedPage.upTo;
    // Where that was all, a look for more would find nothing: whatever comes, wakes.
    return feedPage.more;
  }

  async #retryDue(): Promise<boolean> {
    const pause = Math.min(1000, this.#policy.retryDelayMs);
    if (this.#blocked.size === 0 || this.#aside.length > 0 || Date.now() - this.#retriedAt < pause) return false;
    const retried = await this.#handOver.due(this.#database, this.#me, this.#policy);
    if (retried === 0) this.#retriedAt = Date.now();
    return retried > 0;
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

  /** Lets go of all that it believes, and asks again where it stands. */
  async #startOver(): Promise<void> {
    this.#doubtful = false;
    this.#feedPages.forget();
    this.#held.lose(this.#held.partitions);
    this.#blocked.clear();
    this.#aside = [];
    const { leases, share } = await renewLeases(this.#database, this.#me, this.#times.leaseMs);
    this.#held.update(leases, share);
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
