import { afterFault, backoffMs, type Log, Stopping, systemClock } from '@daybook/core';

/** What a loop depends on, beside its work. */
interface Loop {
  readonly signal: AbortSignal;
  readonly group: string;
  readonly log: Log;
  /** Called after each failure. */
  readonly failed: () => void;
}

/**
 * Repeats the work, through failures too, until it is done or the signal is given. Of failures in a row the 1st, 2nd, 4th, … are
 * logged.
 */
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
      failures++;
      const isAway = afterFault(err) === 'wait';
      const said = isAway
        ? 'a dependency is unavailable, events are delayed'
        : 'the subscription failed and is tried again';
      if (Number.isInteger(Math.log2(failures))) log.warn({ err, group, attempt: failures }, said);
      await systemClock.sleep(backoffMs(failures, 50, 2000), signal);
    }
  }
}
