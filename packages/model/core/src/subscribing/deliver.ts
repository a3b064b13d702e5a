import { backoffMs, Stopping, whileUnavailable } from '../concurrency/backoff.ts';
import type { RecordedEvent } from '../messages/event.ts';
import { afterFault, TemporaryRefusal } from '../messages/fault.ts';
import { parseStreamId } from '../messages/stream-id.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventsHandler, SubscriptionOptions } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';

/** How often, and after what pauses, a failing event is delivered again. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
  /** Where the chance in a pause comes from; Math.random when left out. */
  readonly random?: (() => number) | undefined;
}

/** What a subscription says of it, or five deliveries within some eight seconds. */
export function retryPolicyOf({ maxAttempts = 5, retryDelayMs = 500 }: SubscriptionOptions): RetryPolicy {
  return { maxAttempts, retryDelayMs };
}

/** An event that failed, or must come after one that did. retrying: when due; parked: by a person; held: after the one before it. */
export interface SetAside {
  readonly event: RecordedEvent;
  readonly entityId: string;
  readonly state: 'retrying' | 'parked' | 'held';
  readonly attempts: number;
  /** Milliseconds from now. */
  readonly dueIn: number;
  readonly reason: string;
}

/** Says that a group does not get on: at the 1st, 2nd, 4th, 8th, … failure in a row, so that a long outage fills no log. */
export function sayDelayed(
  log: Log,
  failure: { readonly err: unknown; readonly group: string; readonly attempt: number },
): void {
  const { err, attempt } = failure;
  if (!Number.isInteger(Math.log2(attempt))) return;
  if (afterFault(err) === 'wait') log.warn(failure, 'a dependency is unavailable, events are delayed');
  else log.warn(failure, 'the subscription failed, and is tried again');
}

/** A handler that waits while something it needs is not available. It throws Stopping once the signal is given. */
export function patient(
  handle: EventsHandler,
  clock: Clock,
  signal: AbortSignal,
  log: Log,
  group: string,
): EventsHandler {
  return (events, marks) =>
    whileUnavailable(
      clock,
      signal,
      () => handle(events, marks),
      (err, attempt) => sayDelayed(log, { err, attempt, group }),
    );
}

/**
 * Hands over a batch. What fails is looked for one event at a time, and set aside together with what must come
 * after it on the same entity; the rest goes on.
 * @param blocked entities with something set aside; the ones that fail are added
 * @throws Stopping
 */
export async function deliver(
  events: readonly RecordedEvent[],
  blocked: Set<string>,
  handle: EventsHandler,
  policy: RetryPolicy,
): Promise<SetAside[]> {
  const aside: SetAside[] = [];
  const isFree = (event: RecordedEvent) => {
    const { entityId } = parseStreamId(event.streamId);
    if (blocked.has(entityId)) aside.push(held(event, entityId));
    return !blocked.has(entityId);
  };
  const free = blocked.size === 0 ? events : events.filter(isFree);
  if (free.length === 0) return aside;
  try {
    await handle(free);
    return aside;
  } catch (error) {
    if (error instanceof Stopping) throw error;
  }
  for (const event of free) {
    const { entityId } = parseStreamId(event.streamId);
    if (blocked.has(entityId)) {
      aside.push(held(event, entityId));
      continue;
    }
    try {
      await handle([event]);
    } catch (error) {
      if (error instanceof Stopping) throw error;
      blocked.add(entityId);
      aside.push(failed(event, 1, error, policy));
    }
  }
  return aside;
}

function held(event: RecordedEvent, entityId: string): SetAside {
  const reason = 'an earlier event of the entity could not be handled';
  return { event, entityId, state: 'held', attempts: 0, dueIn: 0, reason };
}

/** What becomes of an event that failed for the n-th time. */
export function failed(event: RecordedEvent, attempts: number, error: unknown, policy: RetryPolicy): SetAside {
  const maxAttempts = error instanceof TemporaryRefusal ? error.maxAttempts : policy.maxAttempts;
  const parked = afterFault(error) === 'park' || attempts >= maxAttempts;
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const dueIn = backoffMs(attempts, policy.retryDelayMs, 60_000, policy.random);
  const { entityId } = parseStreamId(event.streamId);
  return { event, entityId, state: parked ? 'parked' : 'retrying', attempts, dueIn, reason };
}
