import { backoffMs } from '../concurrency/backoff.ts';
import type { RecordedEvent } from '../messages/event.ts';
import { afterFault } from '../messages/fault.ts';
import type { FeedConsumer } from '../modelling/feed-consumer.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConsumerHost } from '../ports/consumer-host.ts';
import type { EventStore, Subscription } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import { describe, fieldsOf, type StuckEvent } from './stuck-event.ts';

/** What running a consumer needs. */
export interface FeedConsumption {
  readonly consumer: FeedConsumer;
  readonly store: Pick<EventStore, 'readFeed' | 'watchFeed'>;
  readonly hold: ConsumerHost['hold'];
  readonly clock: Clock;
  readonly log: Log;
  /** The most events handed over at once. @default 500 */
  readonly batchSize?: number;
  /** Milliseconds between two looks at the feed when nothing tells of new events. @default 1000, or 250 where nothing ever tells */
  readonly pollMs?: number;
  /** Tries of a failing event after which the consumer counts as stuck; it is tried on. @default 5 */
  readonly maxAttempts?: number;
}

/** A consumer that runs, or stands by. */
export interface RunningConsumer extends Subscription {
  /** For readiness. @throws Error that names the event that the consumer can't get past */
  check(): Promise<void>;
}

/** Milliseconds before a consumer whose hold was lost is held again. */
const RETRY_HOLD_MS = 100;
/** Events of other types after which a position is stored although nothing was handled. */
const STORE_AFTER_SKIPPED = 10_000;

/**
 * Hands the events of a context to a consumer, in feed order, from where it has stored that it is. One process does at a
 * time. An event that fails is tried again with growing pauses, 30 seconds in the end, and none is handed over before it.
 */
export function consumeFeed(consumption: FeedConsumption): RunningConsumer {
  const { consumer, store, hold, clock, log, batchSize = 500, maxAttempts = 5 } = consumption;
  const { pollMs = store.watchFeed === undefined ? 250 : 1000 } = consumption;
  const { name, context, types } = consumer;
  const stopping = new AbortController();
  let rest = new AbortController();
  let stuck: StuckEvent | undefined;
  const wake = () => rest.abort();
  const unwatch = store.watchFeed?.(context, wake);
  const running = run();

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        const held = await hold(name, stopping.signal);
        if (held === undefined) return;
        failures = 0;
        held.lost.addEventListener('abort', wake);
        log.info({ consumer: name }, 'consumer runs in this process');
        try {
          await consumeWhile(() => !stopping.signal.aborted && !held.lost.aborted);
        } finally {
          // Whoever holds it now says whether it is stuck.
          stuck = undefined;
          await held.release();
        }
        if (held.lost.aborted) await clock.sleep(RETRY_HOLD_MS, stopping.signal);
      } catch (err) {
        log.warn({ err, consumer: name }, 'consumer can not be held, it is tried again');
        await clock.sleep(backoffMs(++failures, 50, 2000, clock.random), stopping.signal);
      }
    }
  }

  async function consumeWhile(held: () => boolean): Promise<void> {
    /** Undefined: not known, the consumer has to say. */
    let position: number | undefined;
    let skipped = 0;
    let waits = 0;
    /** One at a time up to here: one of these events failed. */
    let oneByOneUpTo = 0;
    while (held()) {
      // Before the look: what is appended while it is taken is not missed.
      rest = new AbortController();
      let page: readonly RecordedEvent[] = [];
      try {
        position ??= await loadPosition();
        const after = position;
        page = await store.readFeed(context, after, after < oneByOneUpTo ? 1 : batchSize);
        if (!held()) return;
        const last = page.at(-1)?.position;
        if (last !== undefined) {
          const wanted = page.filter(({ type }) => types === undefined || types.includes(type));
          skipped = wanted.length > 0 ? 0 : skipped + page.length;
          if (wanted.length > 0 || skipped >= STORE_AFTER_SKIPPED) {
            position = undefined;
            await consumer.handle(wanted, last);
            skipped = 0;
            goesOn();
          }
          position = last;
        }
        waits = 0;
        if (last === undefined) await clock.sleep(pollMs, rest.signal);
      } catch (error) {
        const [event] = page;
        if (event === undefined || afterFault(error) === 'wait' || afterFault(error) === 'reload') {
          if (Number.isInteger(Math.log2(++waits))) waitsFor(error, waits);
          await clock.sleep(backoffMs(waits, 50, 2000, clock.random), stopping.signal);
        } else if (page.length > 1) oneByOneUpTo = (page.at(-1) as RecordedEvent).position;
        else await failedAt(event, error);
      }
    }
  }

  async function loadPosition(): Promise<number> {
    const position: unknown = await consumer.checkpoint.load();
    if (Number.isInteger(position) && (position as number) >= 0) return position as number;
    throw new Error(`checkpoint.load() of the consumer '${name}' gave ${String(position)}, not a position: 0, 1, 2, …`);
  }

  function waitsFor(err: unknown, attempt: number): void {
    log.warn({ err, attempt, consumer: name }, 'a dependency is unavailable, events are delayed');
  }

  async function failedAt(event: RecordedEvent, error: unknown): Promise<void> {
    const before = stuck?.event.id === event.id ? stuck.attempts : 0;
    stuck = { event, attempts: before + 1, error };
    const fields = { consumer: name, ...fieldsOf(stuck) };
    if (stuck.attempts < maxAttempts) log.warn(fields, 'consumer failed to handle an event, it is tried again');
    else log.error(fields, 'consumer stands still at an event that it fails to handle, it is tried again');
    await clock.sleep(backoffMs(stuck.attempts, 500, 30_000, clock.random), stopping.signal);
  }

  function goesOn(): void {
    if (stuck === undefined) return;
    log.info({ consumer: name, position: stuck.event.position }, 'consumer has handled the event that failed');
    stuck = undefined;
  }

  return {
    async check() {
      if (stuck !== undefined && stuck.attempts >= maxAttempts) throw new Error(describe(name, stuck));
    },
    async stop() {
      stopping.abort();
      wake();
      unwatch?.();
      await running;
    },
  };
}
