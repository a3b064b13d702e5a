import { backoffMs, type Log, Stopping, systemClock } from '@daybook/core';

/** What a loop depends on, beside its work. */
interface Loop {
  readonly signal: AbortSignal;
  readonly group: string;
  readonly log: Log;
  /** Called after each failure. */
  readonly failed: () => void;
}

/** Repeats the work, through failures of the event store too, until it is done or the signal is given. */
export async function untilStopped(
  { signal, group, log, failed }: Loop,
  work: () => Promise<'again' | 'done'>,
): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    try {
      if ((await work()) === 'done') return;
      failures = 0;
    } catch (err) {
      if (err instanceof Stopping) return;
      failed();
      log.warn({ err, group, attempt: ++failures }, 'the event store is unavailable; the subscription retries');
      await systemClock.sleep(backoffMs(failures, 50, 2000), signal);
    }
  }
}
