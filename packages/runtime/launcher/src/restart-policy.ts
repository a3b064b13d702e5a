/** When a service that ended is started again, and when it is given up; as a supervisor of Erlang/OTP does it. */
export interface RestartPolicy {
  firstDelayMs: number;
  maxDelayMs: number;
  /** A service that has run this long starts over with the first delay. */
  healthyAfterMs: number;
  /** More restarts than this within `windowMs` and the service is given up. */
  maxRestarts: number;
  windowMs: number;
}

/** A service that ends as soon as it starts is given up after about 45 s of these delays. */
export const DEFAULT_POLICY: RestartPolicy = {
  firstDelayMs: 200,
  maxDelayMs: 10_000,
  healthyAfterMs: 30_000,
  maxRestarts: 8,
  windowMs: 60_000,
};

/** What is known of a service's past; a value, replaced after every end. */
export interface RestartHistory {
  /** Ends in a row without a healthy run between them. */
  failures: number;
  /** When it was restarted within the last window, in milliseconds. */
  restarts: number[];
}

export const NO_RESTARTS: RestartHistory = { failures: 0, restarts: [] };

/** Decides what follows the end of a service that ran from `startedAt` to `now`: a restart after a delay, or nothing. */
export function afterEnd(
  policy: RestartPolicy,
  history: RestartHistory,
  startedAt: number,
  now: number,
): { delayMs: number; history: RestartHistory } | 'give-up' {
  const failures = now - startedAt >= policy.healthyAfterMs ? 1 : history.failures + 1;
  const recent = history.restarts.filter((at) => now - at < policy.windowMs);
  if (recent.length >= policy.maxRestarts) return 'give-up';
  const delayMs = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (failures - 1));
  return { delayMs, history: { failures, restarts: [...recent, now] } };
}
