import { backoffMs, type Log, Stopping, sayDelayed, systemClock } from '@daybook/core';

/** What a loop depends on, beside its work. */
interface Loop {
  readonly signal: AbortSignal;
  readonly group: string;
  readonly log: Log;
  /** Called after each failure. */
  readonly failed: () => void;
}

/** Repeats the work, through failures too, until it is done or the signal is given. */
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
      sayDelayed(log, { err, group, attempt: ++failures });
      await systemClock.sleep(backoffMs(failures, 50, 2000), signal);
    }
  }
}
