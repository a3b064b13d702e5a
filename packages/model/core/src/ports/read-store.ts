import type { CountByDay, ItemKey, Projection, Row, RowProjection } from '../modelling/projection.ts';
import type { Mark, NextMark, StoredMarks } from './marks.ts';

/** What a stream has contributed to an entity so far. */
export interface StoredPart {
  /** Of the last event folded. */
  readonly revision: number;
  readonly part: unknown;
}

/** What is needed to fold an entity on. */
export interface StoredEntity {
  readonly entityId: string;
  /** Counts the writes of this entity; 0: never written. */
  readonly version: number;
  /** By aggregate. */
  readonly parts: Readonly<Record<string, StoredPart>>;
}

/** An entity to write, and what changes in its rows; where an entity has one row, its item key is the entity's id. */
export interface FoldedEntity extends StoredEntity {
  /** Rows that are new or replace the one with the same item key. */
  readonly put: readonly Row[];
  /** Item keys of the rows that are gone; of none that is put. */
  readonly remove: readonly ItemKey[];
}

/** How far each of an entity's streams is folded: by aggregate, the revision of the last event that counts. */
export type Revisions = Readonly<Record<string, number>>;

/** A row as it was read, with what it counts. */
export interface FoundRow {
  readonly row: Row;
  readonly revisions: Revisions;
}

/** Which days to count, both included, as `2026-01-31`; without a bound all. */
export interface Days {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The counts of one day, by name. */
export interface DayCounts {
  readonly day: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** One page of a list. */
export interface Page {
  readonly rows: readonly Row[];
  /** Give it back to get the next page; undefined on the last. */
  readonly next: string | undefined;
}

/** What to list. */
export interface ListRequest {
  /** Column → value; only the columns that the projection declares, and its key. */
  readonly filters: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Where read models live. */
export interface ReadStore {
  /** @returns what is stored of these entities, by entity; @throws Unavailable */
  load(projection: Projection, entityIds: readonly string[]): Promise<Map<string, StoredEntity>>;
  /**
   * Writes each entity whose stored version is still one less than the new one, and with it, or not at all, its rows.
   * Each entity by itself is right, so the others need not wait.
   * @param marks stored in the same transaction. What they say is complete is only taken over where all entities are written
   * and what they start from is complete
   * @returns how many were written; fewer than given: somebody else was first, load again. @throws Unavailable
   */
  save(projection: Projection, entities: readonly FoldedEntity[], marks?: readonly NextMark[]): Promise<number>;
  /** @returns how far the rows are. @throws Unavailable */
  loadMarks(projection: Projection): Promise<StoredMarks>;
  /** Puts marks in the place of those that were loaded, once the rows are what they say. @throws Unavailable */
  replaceMarks(
    projection: Projection,
    change: { readonly remove: readonly Mark[]; readonly put: readonly Mark[] },
  ): Promise<void>;
  /** @returns at most `limit` entities after one, by id, whatever the order of ids is. @throws Unavailable */
  listEntities(projection: Projection, after: string | undefined, limit: number): Promise<readonly StoredEntity[]>;
  /**
   * The row of an entity that has one, read at one moment with what it counts.
   * @throws MalformedMessage `invalid_id` for what can be no id; NotLive when the projection names a build that isn't live; Unavailable
   */
  get(projection: RowProjection, entityId: string): Promise<FoundRow | undefined>;
  /** @throws MalformedMessage for a cursor that isn't one, or a filter that no row can have; NotLive as above; Unavailable */
  list(projection: Projection, request: ListRequest): Promise<Page>;
  /** @returns the days that have any row, in order; @throws MalformedMessage for what is no day; NotLive as above; Unavailable */
  countByDay(projection: Projection, count: CountByDay, days: Days): Promise<readonly DayCounts[]>;
  /**
   * Tells of changes, on this process or another: after each save that may have written the entity, and whenever a
   * change may have been missed. A hint, which may also come for nothing: who gets it looks.
   * @param entityId any entity of the projection when undefined
   * @returns call it to watch no longer
   */
  watch(projection: Projection, entityId: string | undefined, onChange: () => void): () => void;
  /** For readiness. @throws Unavailable */
  ping(): Promise<void>;
  close(): Promise<void>;
}
