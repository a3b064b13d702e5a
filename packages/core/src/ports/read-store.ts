import type { Projection } from '../projection.ts';

/** What a stream has contributed to a row so far. */
export interface StoredPart {
  /** Of the last event folded. */
  readonly revision: number;
  readonly part: unknown;
}

/** What is needed to fold on. */
export interface StoredRow {
  readonly entityId: string;
  /** Counts the writes of this row; 0: never written. */
  readonly version: number;
  /** By aggregate. */
  readonly parts: Readonly<Record<string, StoredPart>>;
}

/** A row to write. */
export interface FoldedRow extends StoredRow {
  /** undefined: nothing to show. */
  readonly row: Record<string, unknown> | undefined;
}

/** One page of a list. */
export interface Page {
  readonly rows: readonly Record<string, unknown>[];
  /** Give it back to get the next page; undefined on the last. */
  readonly next: string | undefined;
}

/** What to list. */
export interface ListRequest {
  /** Column → value; only the columns that the projection declares. */
  readonly filters: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Where read models live. */
export interface ReadStore {
  /** @returns the rows that exist, by entity; @throws Unavailable */
  load(projection: Projection, entityIds: readonly string[]): Promise<Map<string, StoredRow>>;
  /**
   * Writes each row whose stored version is still one less than the new one; each row by itself is right, so the others need not wait.
   * @returns how many were written; fewer than given: somebody else was first, load again. @throws Unavailable
   */
  save(projection: Projection, rows: readonly FoldedRow[]): Promise<number>;
  get(projection: Projection, entityId: string): Promise<Record<string, unknown> | undefined>;
  /** @throws MalformedMessage for a cursor that isn't one */
  list(projection: Projection, request: ListRequest): Promise<Page>;
  /** For readiness. @throws Unavailable */
  ping(): Promise<void>;
  close(): Promise<void>;
}
