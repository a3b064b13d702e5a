import { afterFault } from '../messages/fault.ts';
import type { Clock } from '../ports/clock.ts';

/** Milliseconds before try `attempt` (from 1), doubled each time up to the limit, with up to half of it taken off at random. */
export function backoffMs(
  attempt: number,
  firstMs: number,
  limitMs: number,
  random: () => number = Math.random,
): number {
  const full = Math.min(limitMs, firstMs * 2 ** (attempt - 1));
  return full * (1 - random() / 2);
}

/** Thrown out of a wait when the service stops; what was in hand stays where it came from. */
export class Stopping extends Error {
  constructor() {
    super('the service is stopping');
    this.name = 'Stopping';
  }
}

/**
 * Runs the work again, for as long as it takes, while something it needs is not available.
 * @param onWait told of the first failure, and of the 2nd, 4th, 8th, …: a long outage fills no log
 * @throws what the work throws otherwise; Stopping once the signal is given
 */
export async function whileUnavailable<Result>(
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<Result>,
  onWait: (error: unknown, attempt: number) => void,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    if (signal.aborted) throw new Stopping();
    try {
      return await work();
    } catch (error) {
      if (afterFault(error) !== 'wait') throw error;
      if (Number.isInteger(Math.log2(attempt))) onWait(error, attempt);
      await clock.sleep(backoffMs(attempt, 50, 2000, clock.random), signal);
    }
  }
}
