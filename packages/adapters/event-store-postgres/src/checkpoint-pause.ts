/** The part of its time that a consumer spends on storing checkpoints, at most. */
const SHARE = 0.02;
/** The longest pause, milliseconds: what came since is handled again after a crash. */
const MAX_MS = 2000;

/**
 * The rows of checkpoints are updated again and again, and while somebody holds a snapshot (a dump, a long report) the server
 * keeps every version and looks through all of them at each update. So the longer it takes to store checkpoints, the more
 * rarely they are stored, and neither the versions nor the time spent on them get out of hand.
 * @param leastMs the pause when storing takes no time, milliseconds
 * @param tookMs how long it took last time, milliseconds
 * @returns milliseconds from one time to the next
 */
export function checkpointPauseMs(leastMs: number, tookMs: number): number {
  return Math.max(leastMs, Math.min(MAX_MS, tookMs / SHARE));
}

/** When a consumer's checkpoints are to be stored next. */
export class CheckpointPace {
  readonly #leastMs: number;
  #storedAt = 0;
  #tookMs = 0;

  /** @param leastMs between two times, milliseconds */
  constructor(leastMs: number) {
    this.#leastMs = leastMs;
  }

  /** Milliseconds from one time to the next. */
  get pauseMs(): number {
    return checkpointPauseMs(this.#leastMs, this.#tookMs);
  }

  get isDue(): boolean {
    return Date.now() - this.#storedAt >= this.pauseMs;
  }

  /** Stores them. @throws what that throws */
  async store<Stored>(work: () => Promise<Stored>): Promise<Stored> {
    this.#storedAt = Date.now();
    const stored = await work();
    this.#tookMs = Date.now() - this.#storedAt;
    return stored;
  }
}
