import { randomUUID } from 'node:crypto';
import { type EventToStore, SystemType, TOMBSTONE_TEXT } from './stored-event.ts';

/** What a stream's metadata says about which of its events can be read. `$maxAge` is not reproduced. */
export interface StreamLimits {
  readonly deleted: boolean;
  readonly truncateBefore?: number;
  readonly maxCount?: number;
}

/** The stream that holds another stream's metadata. */
export function metastreamOf(stream: string): string {
  return `$$${stream}`;
}

/** The stream whose metadata a stream holds, or undefined when it is not such a stream. */
export function ownerOfMetastream(stream: string): string | undefined {
  return stream.startsWith('$$') ? stream.slice(2) : undefined;
}

/** Reads `$tb` and `$maxCount`. A stream is soft-deleted when it is truncated before the largest number there is. */
export function limitsFrom(data: Buffer): StreamLimits {
  let parsed: { $tb?: unknown; $maxCount?: unknown };
  try {
    parsed = JSON.parse(data.toString()) as typeof parsed;
  } catch {
    return { deleted: false };
  }
  const { $tb, $maxCount } = parsed;
  return {
    deleted: typeof $tb === 'number' && $tb > Number.MAX_SAFE_INTEGER,
    ...(typeof $tb === 'number' ? { truncateBefore: $tb } : {}),
    ...(typeof $maxCount === 'number' ? { maxCount: $maxCount } : {}),
  };
}

/** The event that soft-deletes a stream. */
export function softDelete(stream: string): EventToStore {
  return metadataEvent(stream, `{"$tb":${TOMBSTONE_TEXT}}`);
}

/** The event that lets a soft-deleted stream be read again, from a number on. */
export function truncateBefore(stream: string, number: number): EventToStore {
  return metadataEvent(stream, JSON.stringify({ $tb: number }));
}

/** The event that keeps only the last events of a stream. */
export function keepLast(stream: string, maxCount: number): EventToStore {
  return metadataEvent(stream, JSON.stringify({ $maxCount: maxCount }));
}

function metadataEvent(stream: string, json: string): EventToStore {
  return {
    stream: metastreamOf(stream),
    id: randomUUID(),
    type: SystemType.metadata,
    contentType: 1,
    data: Buffer.from(json),
    metadata: Buffer.alloc(0),
  };
}
