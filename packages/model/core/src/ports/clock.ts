/** Time, and the chance in how long a pause is, so that a simulation can own both. */
export interface Clock {
  now(): Date;
  /** @param ms milliseconds; @param signal ends the wait early, without an error */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 up to but not 1; Math.random when left out. */
  random?(): number;
}
