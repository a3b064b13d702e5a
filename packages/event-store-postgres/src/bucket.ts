import { partsOf } from '@daybook/core';

/** Every number of partitions up to here divides the entities evenly enough. Stored with each event: never change it. */
const BUCKETS = 1024;

/** The bucket of a stream's entity (FNV-1a, 32 bits): all streams of one entity share it, and so its order. */
export function bucketOf(streamId: string): number {
  const { entityId } = partsOf(streamId);
  let hash = 0x811c9dc5;
  for (let i = 0; i < entityId.length; i++) {
    hash = Math.imul(hash ^ entityId.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % BUCKETS;
}
