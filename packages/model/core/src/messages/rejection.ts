/** The domain says no. An expected answer, so a value; what breaks is a {@link Fault}. */
export interface Rejection {
  readonly rejected: true;
  /** The domain's own code, snake_case: `amount_is_too_low`. */
  readonly code: string;
  readonly message: string;
}

/**
 * @param message for people; the code in words when left out
 *
 * @example
 * ```ts
 * if (balance + amount < 0) return reject('insufficient_balance', `the balance is ${balance}`);
 * ```
 */
export function reject(code: string, message: string = code.replaceAll('_', ' ')): Rejection {
  return { rejected: true, code, message };
}
