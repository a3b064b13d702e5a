/** An event to be stored. */
export interface EventToStore {
  readonly stream: string;
  readonly id: string;
  readonly type: string;
  /** 1 for JSON, 0 for anything else. */
  readonly contentType: number;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

/** An event in its stream. */
export interface StoredEvent extends EventToStore {
  /** Its place in its stream, from 0. */
  readonly number: number;
  /** Its place among all events, from 0. */
  readonly position: number;
  readonly createdMs: number;
}

/** The number of a tombstone: the largest that the protocol has (2^63 - 1), which no JavaScript number holds. */
export const TOMBSTONE_NUMBER = Number.POSITIVE_INFINITY;

/** That number as text, as links to a tombstone carry it. */
export const TOMBSTONE_TEXT = '9223372036854775807';

/** Types that the server itself gives to events. */
export const SystemType = { link: '$>', metadata: '$metadata', tombstone: '$streamDeleted' } as const;
