/** The longest that events are let gather, milliseconds. */
const MAX_MS = 50;

/**
 * Each commit wakes every consumer of every group. So that they do not handle a few events each time, a consumer that has
 * reached the end of the feed lets events gather for as long as its step took, times the number of those that share the
 * group's work: a few milliseconds when there is little to do, more the more the machines have to do.
 * @param held how many of the group's partitions the consumer holds
 * @returns milliseconds
 */
export function gatheringMs(tookMs: number, partitions: number, held: number): number {
  const sharers = held === 0 ? 1 : partitions / held;
  return Math.min(MAX_MS, tookMs * sharers);
}
