/** How far the data of a group is in one partition of its feed: kept with the data, and written in the same transaction. */
export interface Mark {
  readonly partition: number;
  /** Of the event furthest on that the data counts. */
  readonly position: number;
  readonly eventId: string;
  /** When that event was recorded; RFC 3339. */
  readonly recordedAt: string;
  /** Every event of the partition up to this position is counted; at most `position`. */
  readonly complete: number;
}

/** A mark that a batch leads to. */
export interface NextMark extends Mark {
  /** What has to be complete already, for this batch to make it so up to `complete`. */
  readonly after: number;
}

/** The marks of a group's data. */
export interface StoredMarks {
  /** The last of each partition. */
  readonly marks: readonly Mark[];
  /**
   * Whether partitions without a mark may have data all the same, because it was written by a version that kept none. Where
   * that can't be, there is nothing.
   */
  readonly adopts: boolean;
}

/** Where a group keeps the marks of its data. */
export interface MarkKeeper {
  /** @throws Unavailable */
  load(): Promise<StoredMarks>;
  /** Stores marks without any data. @throws Unavailable */
  store(marks: readonly NextMark[]): Promise<void>;
}

/** A group, for asking how its data and the log agree. */
export interface MarkedGroup {
  readonly group: string;
  readonly context: string;
  /** What the group does something with; all when left out. */
  readonly types?: readonly string[] | undefined;
}

/** How a partition's data and the log agree. */
export interface Proof {
  readonly partition: number;
  /** The group has finished, or set aside, every event of the partition up to here. */
  readonly checkpoint: number;
  /** Undefined where the data has none. */
  readonly mark: Mark | undefined;
  /** Whether the log has the event of the mark where the mark says. True without a mark. */
  readonly known: boolean;
  /** Whether the data lacks an event before the checkpoint that is not set aside. */
  readonly behind: boolean;
}
