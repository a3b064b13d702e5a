import { z } from 'zod';
import { Fault } from './fault.ts';

/** A sum that no number can hold to the unit. Trying again can't help. */
export class BeyondExact extends Fault {
  constructor(one: number, other: number) {
    super(
      'beyond_exact',
      'park',
      `${one} + ${other} is beyond ±${Number.MAX_SAFE_INTEGER}: as a number it could lose a unit. Refuse what leads there`,
    );
  }
}

/**
 * The schema of an amount: a whole number of the smallest unit that is counted, from −(2^53−1) to 2^53−1, which JSON,
 * JavaScript and the stores carry to the unit. Sums can leave that range: a decider refuses what would take one beyond it
 * (`Number.isSafeInteger`), and whoever adds up does it with {@link plus}.
 *
 * @example
 * ```ts
 * command('RecordTransfer', { account_uuid: z.uuid().toLowerCase(), amount: money() });
 * ```
 */
export function money() {
  return z.int();
}

/**
 * The sum of two whole numbers, to the unit.
 * @throws BeyondExact when a number can't hold it
 *
 * @example
 * ```ts
 * case 'TransferRecorded': return part && { ...part, balance: plus(part.balance, event.data.amount) };
 * ```
 */
export function plus(one: number, other: number): number {
  const sum = one + other;
  if ([one, other, sum].every(Number.isSafeInteger)) return sum;
  throw new BeyondExact(one, other);
}
