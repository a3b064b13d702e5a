import { randomUUID } from 'node:crypto';
import {
  backoffMs,
  deliver,
  type EventStore,
  type EventsHandler,
  failed,
  type Log,
  parseStreamId,
  patient,
  type RetryPolicy,
  retryPolicyOf,
  Stopping,
  type Subscription,
  type SubscriptionOptions,
  sayDelayed,
  systemClock,
} from '@daybook/core';
import type { ResolvedEvent } from 'node-eventstore-client';
import type { Address } from './address.ts';
import { safeGroupName } from './group-settings.ts';
import { type Delivery, Inbox, type Source } from './inbox.ts';
import { ParkedStream } from './parked-stream.ts';
import { PersistentFeed } from './persistent-feed.ts';
import { feedOf } from './read.ts';
import { feedEventOf } from './recorded.ts';
import { Replays } from './replays.ts';
import { type Retry, RetryQueue } from './retry-queue.ts';
import { type Aside, held, recordAside } from './set-aside.ts';

/** Events at once, unless the subscription says otherwise; the server sends twice as many ahead. */
const BATCH = 250;

/** Times of a subscription, milliseconds. */
export interface SubscriptionTimes {
  /** The server delivers an event again, perhaps to another consumer, when it was not acknowledged for so long. */
  readonly messageTimeoutMs: number;
  /** The group's own stream is looked at this often, also when no event comes. */
  readonly pollMs: number;
  readonly deadlineMs: number;
}

/** One consumer of a group: hands over what the server sends it, in batches, one at a time. */
export class GroupConsumer implements Subscription {
  readonly #options: SubscriptionOptions;
  readonly #times: SubscriptionTimes;
  readonly #policy: RetryPolicy;
  readonly #handle: EventsHandler;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #feed: PersistentFeed;
  readonly #parked: ParkedStream;
  readonly #replays: Replays;
  readonly #inbox: Inbox;
  readonly #retryQueue = new RetryQueue();
  readonly #batchSize: number;
  #unrecorded: Aside[] = [];
  #wake = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    { address, store }: { address: Address; store: Pick<EventStore, 'append' | 'read'> },
    options: SubscriptionOptions,
    times: SubscriptionTimes,
    log: Log,
  ) {
    this.#options = options;
    this.#times = times;
    this.#log = log;
    this.#policy = retryPolicyOf(options);
    this.#handle = patient(options.handle, systemClock, this.#stopping.signal, log, options.group);
    this.#batchSize = options.batchSize ?? BATCH;
    const [consumer, group] = [randomUUID(), safeGroupName(options.group)];
    this.#parked = new ParkedStream(store, { context: options.context, group, writer: consumer });
    this.#replays = new Replays({
      parked: this.#parked,
      store,
      handle: this.#handle,
      policy: this.#policy,
      consumer,
      claimMs: times.messageTimeoutMs,
      log,
    });
    const bufferSize = 2 * this.#batchSize;
    this.#inbox = new Inbox(10 * bufferSize);
    this.#feed = new PersistentFeed(
      address,
      { streamId: feedOf(options.context), group, bufferSize, ...times },
      { arrived: (event, source) => this.#arrived(event, source), dropped: () => this.#dropped() },
      log,
    );
  }

  start(): void {
    this.#feed.start();
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#running;
    await this.#replays.leave().catch((err: unknown) => {
      this.#log.warn(
        { err, group: this.#options.group },
        'could not release the claims on parked entities; they expire on their own',
      );
    });
    await this.#feed.stop();
  }

  #arrived(resolved: ResolvedEvent, source: Source): void {
    const event = feedEventOf(resolved);
    if (event === undefined) source.acknowledge([resolved]);
    else this.#inbox.arrive({ event, entityId: parseStreamId(event.streamId).entityId, resolved, source });
    this.#wake.abort();
  }

  #dropped(): void {
    this.#inbox.forgetWaiting();
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const busy = await this.#step();
        failures = 0;
        if (!busy) await this.#rest();
      } catch (err) {
        if (err instanceof Stopping) return;
        sayDelayed(this.#log, { err, group: this.#options.group, attempt: ++failures });
        await systemClock.sleep(backoffMs(failures, 50, 2000), signal);
      }
    }
  }

  /** @returns whether there was something to do */
  async #step(): Promise<boolean> {
    this.#inbox.putBack(this.#retryQueue.dropLost());
    // What others set aside was recorded before they acknowledged it, and so before anything later of it came here.
    await this.#parked.catchUp();
    await this.#recordAside();
    const advanced = await this.#advance();
    const retried = await this.#retryDue();
    this.#spillLongLanes();
    await this.#recordAside();
    const replayed = await this.#replays.next();
    return advanced || retried || replayed;
  }

  async #rest(): Promise<void> {
    const pause = Math.min(this.#times.pollMs, this.#retryQueue.nextDue - Date.now());
    if (this.#inbox.isEmpty && !this.#stopping.signal.aborted) await systemClock.sleep(pause, this.#wake.signal);
    this.#wake = new AbortController();
  }

  async #advance(): Promise<boolean> {
    const taken = this.#inbox.take(this.#batchSize);
    if (taken.length === 0) return false;
    const batch = taken.filter((delivery) => !this.#retryQueue.resume(delivery));
    const byPosition = new Map(batch.map((delivery) => [delivery.event.position, delivery]));
    const blocked = new Set([...this.#parked.log.entities, ...this.#retryQueue.entities]);
    try {
      const events = batch.map(({ event }) => event);
      for (const aside of await deliver(events, blocked, this.#handle, this.#policy)) {
        const delivery = byPosition.get(aside.event.position);
        byPosition.delete(aside.event.position);
        if (delivery === undefined) continue;
        if (aside.state === 'retrying') this.#retryQueue.rest(delivery, aside, Date.now());
        else if (this.#retryQueue.has(aside.entityId)) this.#retryQueue.follow(delivery);
        else if (aside.state === 'held') this.#unrecorded.push(held(delivery));
        else this.#setAside(delivery, { ...aside, kind: 'parked' }, []);
      }
    } catch (error) {
      this.#inbox.putBack(batch);
      throw error;
    }
    this.#inbox.finish([...byPosition.values()]);
    return true;
  }

  async #retryDue(): Promise<boolean> {
    const due = this.#retryQueue.due(Date.now());
    for (const retry of due) await this.#retry(retry);
    return due.length > 0;
  }

  async #retry(retry: Retry): Promise<void> {
    const { first, followers } = retry;
    try {
      await this.#handle([first.event]);
    } catch (error) {
      if (error instanceof Stopping) throw error;
      const again = failed(first.event, retry.attempts + 1, error, this.#policy);
      if (again.state === 'retrying') return this.#retryQueue.rest(first, again, Date.now());
      this.#retryQueue.close(retry);
      this.#setAside(first, { ...again, kind: 'parked' }, followers);
      return;
    }
    this.#retryQueue.close(retry);
    this.#inbox.finish([first]);
    this.#inbox.putBack(followers);
  }

  /** So many unacknowledged events of one entity would keep the server from sending others: its tries go on from the group's stream. */
  #spillLongLanes(): void {
    for (const retry of this.#retryQueue.longerThan(this.#batchSize / 2)) {
      this.#retryQueue.close(retry);
      this.#setAside(retry.first, { ...retry, kind: 'held' }, retry.followers);
    }
  }

  #setAside(
    delivery: Delivery,
    how: Pick<Aside, 'kind' | 'attempts' | 'reason'>,
    followers: readonly Delivery[],
  ): void {
    const { kind, attempts, reason } = how;
    this.#unrecorded.push({ delivery, kind, first: true, attempts, reason }, ...followers.map(held));
  }

  /** Acknowledged only when it is in the group's stream. What is held back by nothing any more is handled instead. */
  async #recordAside(): Promise<void> {
    if (this.#unrecorded.length === 0) return;
    const { recorded, free } = await recordAside(this.#parked, this.#unrecorded);
    this.#unrecorded = [];
    this.#inbox.finish(recorded);
    this.#inbox.putBack(free);
  }
}
