import { within } from '@daybook/core';

/** Waits for the work, but not longer than `ms`; how the work ends does not matter. */
export async function bounded(work: Promise<unknown>, ms: number): Promise<void> {
  await inTime(work, ms, 'it').catch(() => {});
}

/** Waits for the work, but not longer than `ms`. @throws what the work throws; Error that names it when it takes longer */
export function inTime<Result>(work: Promise<Result>, ms: number, what: string): Promise<Result> {
  return within(ms, work, () => new Error(`${what} took more than ${ms / 1000} s`));
}

/**
 * Closes a channel or a connection, and waits no longer than `ms`: amqplib never says that one was closed which was lost
 * meanwhile, and throws at once for one that was closed already.
 */
export function closeWithin(one: { close(): Promise<void> }, ms: number): Promise<void> {
  return bounded(
    (async () => {
      await one.close();
    })(),
    ms,
  );
}
