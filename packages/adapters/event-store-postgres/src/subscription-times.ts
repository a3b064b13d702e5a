/** Times of a subscription, milliseconds. */
export interface SubscriptionTimes {
  /** A consumer that is silent for so long loses its partitions. */
  readonly leaseMs: number;
  /** The feed is looked at this often even when no notification came. */
  readonly pollMs: number;
  /** Checkpoints are stored at most this often, more rarely when that takes long; a crash repeats what came since. */
  readonly checkpointMs: number;
}
