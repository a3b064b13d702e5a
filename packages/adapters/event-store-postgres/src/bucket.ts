import { fingerprint, parseStreamId } from '@daybook/core';

/** Every number of partitions up to here divides the entities evenly enough. Stored with each event: never change it. */
const BUCKETS = 1024;

/** The bucket of a stream's entity by its fingerprint: all streams of one entity share it, and so its order. */
export function bucketOf(streamId: string): number {
  return bucketOfEntity(parseStreamId(streamId).entityId);
}

/** The bucket of an entity. */
export function bucketOfEntity(entityId: string): number {
  return fingerprint(entityId) % BUCKETS;
}
