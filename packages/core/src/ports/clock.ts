/** Time, so that a simulation can own it. */
export interface Clock {
  now(): Date;
  /** @param ms milliseconds; @param signal ends the wait early, without an error */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
