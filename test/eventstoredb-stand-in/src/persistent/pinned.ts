import { type Consumer, hasRoom, type Message } from './consumer.ts';
import type { Strategy } from './strategy.ts';

const BUCKETS = 1024;

interface Bucket {
  owner: Consumer;
  inFlight: number;
}

/**
 * Streams are hashed into buckets, and a bucket stays with a consumer while it lives. A consumer that joins takes
 * buckets from the others, idle ones first: one with messages in flight can move too, so order is best effort.
 */
export function createPinned(): Strategy {
  const consumers: Consumer[] = [];
  const buckets = new Map<number, Bucket>();
  const owned = (consumer: Consumer) => [...buckets.values()].filter(({ owner }) => owner === consumer);

  function bucketOf(message: Message): Bucket | undefined {
    const number = bucketNumber(message.sourceStream);
    const known = buckets.get(number);
    if (known) return known;
    const [owner] = [...consumers].sort((a, b) => owned(a).length - owned(b).length);
    if (!owner) return undefined;
    const bucket = { owner, inFlight: 0 };
    buckets.set(number, bucket);
    return bucket;
  }

  return {
    add(consumer) {
      const others = [...consumers];
      consumers.push(consumer);
      const share = Math.ceil(buckets.size / consumers.length);
      for (const other of others) {
        const theirs = owned(other).sort((a, b) => a.inFlight - b.inFlight);
        for (const bucket of theirs.slice(0, Math.max(0, theirs.length - share))) {
          bucket.owner = consumer;
          bucket.inFlight = 0;
        }
      }
    },
    remove(consumer) {
      consumers.splice(consumers.indexOf(consumer), 1);
      for (const [number, { owner }] of buckets) if (owner === consumer) buckets.delete(number);
    },
    choose(message) {
      if (!consumers.some(hasRoom)) return 'all-full';
      const bucket = bucketOf(message);
      if (!bucket || !hasRoom(bucket.owner)) return 'not-yet';
      bucket.inFlight += 1;
      return bucket.owner;
    },
    settled(consumer, message) {
      const bucket = buckets.get(bucketNumber(message.sourceStream));
      if (bucket?.owner === consumer && bucket.inFlight > 0) bucket.inFlight -= 1;
    },
  };
}

/** FNV-1a. The server uses another hash: only that the same stream gives the same bucket matters. */
function bucketNumber(stream: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(stream)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % BUCKETS;
}
