import { randomUUID } from 'node:crypto';
import {
  afterFault,
  backoffMs,
  type Log,
  Stopping,
  type Subscription,
  type SubscriptionOptions,
  systemClock,
} from '@daybook/core';
import type { Database } from '@daybook/postgres';
import { callHandler, deliver, failed, type RetryPolicy } from './deliver.ts';
import { readStretch } from './feed.ts';
import { createGroup, type Lease, leaveGroup, type Membership, releaseLeases, renewLeases } from './leases.ts';
import { blockedEntities, dueEvents, failedAgain, finish, type SetAside, unpark } from './parked.ts';
import type { EventRow } from './recorded.ts';

/** Times of a subscription, milliseconds. */
export interface SubscriptionTimes {
  /** A consumer that is silent for so long loses its partitions. */
  readonly leaseMs: number;
  /** The feed is looked at this often even when no notification came. */
  readonly pollMs: number;
  /** Checkpoints are stored at most this often; a crash repeats what came since. */
  readonly checkpointMs: number;
}

interface HeldLease extends Lease {
  /** Everything up to here was handled or is set aside. */
  cursor: number;
  /** Whether its entities with something set aside are known. */
  known: boolean;
}

/** One consumer of a group: takes its share of the partitions, and hands over their events in the order of the feed. */
export class GroupConsumer implements Subscription {
  readonly #database: Database;
  readonly #options: SubscriptionOptions;
  readonly #times: SubscriptionTimes;
  readonly #policy: RetryPolicy;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #leases = new Map<number, HeldLease>();
  readonly #blocked = new Set<string>();
  #me: Membership;
  #share = 0;
  #aside: SetAside[] = [];
  #finishedAt = 0;
  #retriedAt = 0;
  #woken = false;
  #wakeUp: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(database: Database, options: SubscriptionOptions, times: SubscriptionTimes, log: Log) {
    this.#database = database;
    this.#options = options;
    this.#times = times;
    this.#policy = { maxAttempts: options.maxAttempts ?? 5, retryDelayMs: options.retryDelayMs ?? 500 };
    this.#log = log;
    this.#me = { group: options.group, context: options.context, consumer: randomUUID(), partitions: 0 };
  }

  start(): void {
    this.#running = this.#run();
  }

  /** There may be something new to read. */
  wake(): void {
    this.#woken = true;
    this.#wakeUp?.();
  }

  /** Somebody gave partitions back. */
  wakeForLeases(group: string): void {
    if (group === this.#options.group) void this.#renew();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted && this.#me.partitions === 0; ) {
      try {
        const partitions = await createGroup(this.#database, this.#me.group, this.#me.context, PARTITIONS);
        this.#me = { ...this.#me, partitions };
      } catch (err) {
        await this.#pause(err, ++failures);
      }
    }
    const renewal = setInterval(() => void this.#renew(), this.#times.leaseMs / 3);
    await this.#renew();
    for (let failures = 0; !signal.aborted; ) {
      try {
        const busy = await this.#step();
        failures = 0;
        if (!busy) await this.#rest();
      } catch (err) {
        if (!(err instanceof Stopping)) await this.#pause(err, ++failures);
      }
    }
    clearInterval(renewal);
    await this.#leave();
  }

  /** @returns whether there was something to do */
  async #step(): Promise<boolean> {
    await this.#shedSurplus();
    await this.#learnBlocked();
    const retried = await this.#retryDue();
    const advanced = await this.#advance();
    if (this.#aside.length > 0 || Date.now() - this.#finishedAt >= this.#times.checkpointMs) await this.#finish();
    return retried || advanced;
  }

  /** Reads on from the partitions that are furthest behind, up to where the next ones stand, so that all become level. */
  async #advance(): Promise<boolean> {
    const leases = [...this.#leases.values()].filter(({ known }) => known);
    if (leases.length === 0) return false;
    const after = Math.min(...leases.map(({ cursor }) => cursor));
    const behind = leases.filter(({ cursor }) => cursor === after);
    const ahead = leases.filter(({ cursor }) => cursor > after).map(({ cursor }) => cursor);
    const all = behind.length === this.#me.partitions;
    const stretch = await readStretch(this.#database, {
      context: this.#me.context,
      after,
      limit: this.#options.batchSize ?? 500,
      ...(ahead.length > 0 ? { upTo: Math.min(...ahead) } : {}),
      ...(all ? {} : { partitions: { of: this.#me.partitions, only: behind.map(({ partition }) => partition) } }),
    });
    if (stretch.upTo === after) return false;
    if (stretch.rows.length > 0) {
      this.#aside.push(...(await deliver(stretch.rows, this.#blocked, (rows) => this.#call(rows), this.#policy)));
    }
    for (const lease of behind) lease.cursor = stretch.upTo;
    return true;
  }

  async #retryDue(): Promise<boolean> {
    const pause = Math.min(1000, this.#policy.retryDelayMs);
    if (this.#blocked.size === 0 || this.#aside.length > 0 || Date.now() - this.#retriedAt < pause) return false;
    const due = await dueEvents(this.#database, this.#me, [...this.#leases.keys()]);
    for (const event of due) {
      try {
        await this.#call([event]);
        const more = await unpark(this.#database, this.#me, event);
        if (!more) this.#blocked.delete(event.entity_id);
      } catch (error) {
        if (error instanceof Stopping || afterFault(error) === 'wait') throw error;
        await failedAgain(
          this.#database,
          this.#me,
          failed(event, event.entity_id, event.attempts + 1, error, this.#policy),
        );
      }
    }
    if (due.length === 0) this.#retriedAt = Date.now();
    return due.length > 0;
  }

  #call(rows: readonly EventRow[]): Promise<void> {
    return callHandler(this.#options.handle, rows, this.#stopping.signal, (err, attempt) =>
      this.#log.warn(
        { err, attempt, group: this.#me.group },
        'something the handler needs is not available, events wait',
      ),
    );
  }

  /** Stores the checkpoints that moved, and what was set aside before them. */
  async #finish(): Promise<void> {
    const progress = [...this.#leases.values()].filter(({ cursor, checkpoint }) => cursor > checkpoint);
    this.#finishedAt = Date.now();
    if (progress.length === 0 && this.#aside.length === 0) return;
    const stored = progress.map((lease) => ({ ...lease }));
    const aside = this.#aside;
    const moved = await finish(this.#database, this.#me, stored, aside);
    this.#aside = this.#aside.slice(aside.length);
    for (const { partition, epoch, cursor } of stored) {
      const lease = this.#leases.get(partition);
      if (lease?.epoch !== epoch) continue;
      if (moved.has(partition)) lease.checkpoint = cursor;
      else this.#lose(partition);
    }
  }

  async #renew(): Promise<void> {
    if (this.#stopping.signal.aborted || this.#me.partitions === 0) return;
    try {
      const { leases, share } = await renewLeases(this.#database, this.#me, this.#times.leaseMs);
      this.#share = share;
      const held = new Set(leases.map(({ partition }) => partition));
      for (const partition of this.#leases.keys()) if (!held.has(partition)) this.#lose(partition);
      for (const lease of leases) {
        if (this.#leases.get(lease.partition)?.epoch === lease.epoch) continue;
        this.#leases.set(lease.partition, { ...lease, cursor: lease.checkpoint, known: false });
        this.wake();
      }
      if (leases.length > share) this.wake();
    } catch (err) {
      this.#log.warn({ err, group: this.#me.group }, 'leases not renewed');
    }
  }

  #lose(partition: number): void {
    this.#leases.delete(partition);
    this.#log.info({ group: this.#me.group, partition }, 'partition lost');
  }

  /** Another consumer has come: what is more than this one's share goes back, once it is level with what was handled. */
  async #shedSurplus(): Promise<void> {
    const surplus = this.#leases.size - this.#share;
    if (surplus <= 0 || this.#share === 0) return;
    await this.#finish();
    const given = [...this.#leases.keys()].slice(-surplus);
    for (const partition of given) this.#leases.delete(partition);
    await releaseLeases(this.#database, this.#me, given);
  }

  async #learnBlocked(): Promise<void> {
    const fresh = [...this.#leases.values()].filter(({ known }) => !known);
    if (fresh.length === 0) return;
    const blocked = await blockedEntities(
      this.#database,
      this.#me,
      fresh.map(({ partition }) => partition),
    );
    for (const entity of blocked) this.#blocked.add(entity);
    for (const lease of fresh) lease.known = true;
  }

  async #rest(): Promise<void> {
    if (!this.#woken) {
      const pause =
        this.#blocked.size > 0 ? Math.min(this.#times.pollMs, this.#policy.retryDelayMs) : this.#times.pollMs;
      const dirty = [...this.#leases.values()].some(({ cursor, checkpoint }) => cursor > checkpoint);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, dirty ? Math.min(pause, this.#times.checkpointMs) : pause);
        this.#wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wakeUp = undefined;
    }
    this.#woken = false;
  }

  async #pause(err: unknown, failures: number): Promise<void> {
    this.#log.warn({ err, group: this.#me.group, attempt: failures }, 'subscription waits for the event store');
    await systemClock.sleep(backoffMs(failures, 50, 2000), this.#stopping.signal);
  }

  async #leave(): Promise<void> {
    try {
      await this.#finish();
      await releaseLeases(this.#database, this.#me, [...this.#leases.keys()]);
      await leaveGroup(this.#database, this.#me);
    } catch (err) {
      this.#log.warn({ err, group: this.#me.group }, 'leases not given back, they run out by themselves');
    }
    this.#leases.clear();
  }
}

/** Divides 1,024 buckets evenly, and is more than the consumers a group is likely to have. */
const PARTITIONS = 16;
