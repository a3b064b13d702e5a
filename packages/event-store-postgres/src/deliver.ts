import {
  afterFault,
  backoffMs,
  type EventsHandler,
  partsOf,
  Stopping,
  systemClock,
  whileUnavailable,
} from '@daybook/core';
import type { SetAside } from './parked.ts';
import { type EventRow, recordedOf } from './recorded.ts';

/** How often, and after what pauses, a failing event is delivered again. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
}

/** Calls the handler, again and again while something it needs is not available. @throws Stopping; what the handler throws */
export async function callHandler(
  handle: EventsHandler,
  rows: readonly EventRow[],
  signal: AbortSignal,
  onWait: (error: unknown, attempt: number) => void,
): Promise<void> {
  await whileUnavailable(systemClock, signal, () => handle(rows.map(recordedOf)), onWait);
}

/**
 * Hands over a stretch. What fails is looked for one event at a time, and set aside together with what must come
 * after it on the same entity; the rest goes on.
 * @param blocked entities with something set aside; the ones that fail are added
 * @throws Stopping
 */
export async function deliver(
  rows: readonly EventRow[],
  blocked: Set<string>,
  call: (rows: readonly EventRow[]) => Promise<void>,
  policy: RetryPolicy,
): Promise<SetAside[]> {
  const aside: SetAside[] = [];
  const free = rows.filter((row) => {
    const entity = partsOf(row.stream_id).entityId;
    if (blocked.has(entity)) aside.push(held(row, entity));
    return !blocked.has(entity);
  });
  if (free.length === 0) return aside;
  try {
    await call(free);
    return aside;
  } catch (error) {
    if (error instanceof Stopping) throw error;
  }
  for (const row of free) {
    const entity = partsOf(row.stream_id).entityId;
    if (blocked.has(entity)) {
      aside.push(held(row, entity));
      continue;
    }
    try {
      await call([row]);
    } catch (error) {
      if (error instanceof Stopping) throw error;
      blocked.add(entity);
      aside.push(failed(row, entity, 1, error, policy));
    }
  }
  return aside;
}

function held({ position, bucket }: EventRow, entity_id: string): SetAside {
  return {
    position,
    entity_id,
    bucket,
    state: 'held',
    attempts: 0,
    due_in: 0,
    reason: 'an earlier event of the entity could not be handled',
  };
}

/** What becomes of an event that failed for the n-th time. */
export function failed(
  { position, bucket }: EventRow,
  entity_id: string,
  attempts: number,
  error: unknown,
  { maxAttempts, retryDelayMs }: RetryPolicy,
): SetAside {
  const parked = afterFault(error) === 'park' || attempts >= maxAttempts;
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const due_in = backoffMs(attempts, retryDelayMs, 60_000);
  return { position, entity_id, bucket, state: parked ? 'parked' : 'retrying', attempts, due_in, reason };
}
