/**
 * What happens to a message when a fault is thrown while it is handled:
 * `park` sets it aside at once, `reload` decides again on fresh state, `wait` keeps it and tries again for as long
 * as it takes, `retry` tries a few times and then parks.
 */
export type AfterFault = 'park' | 'reload' | 'wait' | 'retry';

/** Something broke. Thrown, with a stable code and what happens next. */
export class Fault extends Error {
  readonly code: string;
  readonly next: AfterFault;

  constructor(code: string, next: AfterFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.next = next;
  }
}

/** One thing wrong with a message: where, and what. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** Not a message this system can understand; trying again can't help. */
export class MalformedMessage extends Fault {
  readonly issues: readonly Issue[];

  constructor(code: string, message: string, issues: readonly Issue[] = []) {
    super(code, 'park', message);
    this.issues = issues;
  }
}

/** A domain decided something that its own schemas do not have: a bug, which trying again does not mend. */
export class InvalidDecision extends Fault {
  constructor(message: string) {
    super('invalid_decision', 'park', message);
  }
}

/** Somebody else appended to the stream first. */
export class RevisionConflict extends Fault {
  readonly streamId: string;
  /** The stream's last revision; -1 when it does not exist. */
  readonly actualRevision: number;

  constructor(streamId: string, expectedRevision: number | 'no-stream', actualRevision: number) {
    const differs =
      actualRevision === expectedRevision
        ? `has another event at ${actualRevision} than its writer believes`
        : `is at ${actualRevision}, not at ${expectedRevision}`;
    super('revision_conflict', 'reload', `${streamId} ${differs}`);
    this.streamId = streamId;
    this.actualRevision = actualRevision;
  }
}

/**
 * A store, broker or database can't be reached or doesn't answer. Never the message's fault. What was asked may have happened.
 * @example
 * throw new Unavailable('the search index', error, 'start it, or set SEARCH_URL');
 */
export class Unavailable extends Fault {
  /** @param remedy what a person can do, where it does not pass by itself */
  constructor(what: string, cause: unknown, remedy?: string) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super('unavailable', 'wait', `${what} is not available: ${said}${remedy === undefined ? '' : `; ${remedy}`}`, {
      cause,
    });
  }
}

/**
 * What was asked is refused for now, to this message alone: it is tried so often, with growing pauses, and parked then.
 * Other messages do not wait for it.
 */
export class TemporaryRefusal extends Fault {
  /** Tries before the message is parked. */
  readonly maxAttempts: number;

  constructor(message: string, maxAttempts: number, options?: ErrorOptions) {
    super('refused_for_now', 'retry', message, options);
    this.maxAttempts = maxAttempts;
  }
}

/** A place in a history: an event, and when it was recorded. */
export interface PlaceInHistory {
  readonly position: number;
  /** RFC 3339; undefined at the start. */
  readonly recordedAt?: string | undefined;
}

/**
 * The log lacks what data counts that was made from it: it was restored to an earlier point, or a failover has lost its end,
 * and it may have gone on with other events since.
 */
export class HistoriesDiffer extends Fault {
  /** The last place that both are known to have. */
  readonly common: PlaceInHistory;
  /** The first place that the data has, and the log does not. */
  readonly differs: PlaceInHistory;

  constructor(group: string, common: PlaceInHistory, differs: PlaceInHistory, remedy: string) {
    const at = (place: PlaceInHistory) =>
      `position ${place.position}${place.recordedAt === undefined ? '' : ` (${place.recordedAt})`}`;
    super(
      'histories_differ',
      'wait',
      `the log has another history than the data of ${group}: both have ${at(common)}, and the log does not have the event ` +
        `that the data counts at ${at(differs)}. The event store was restored to an earlier point, or a failover has lost ` +
        `its end. The group stands still: ${remedy}`,
    );
    this.common = common;
    this.differs = differs;
  }
}

/** Somebody holds on to a place in the log that the log does not have any more: it was restored to an earlier point. */
export class HistoryLost extends Fault {
  constructor(message: string) {
    super(
      'history_lost',
      'park',
      `${message}: the event store was restored to an earlier point, or a failover lost its end`,
    );
  }
}

/** The build of a read model that was asked does not answer any more: another has taken its place. */
export class NotLive extends Fault {
  constructor(build: string) {
    super('not_live', 'reload', `${build} is not live`);
  }
}

/** @returns what happens next; anything that isn't a {@link Fault} is a bug, worth a few tries */
export function afterFault(error: unknown): AfterFault {
  return error instanceof Fault ? error.next : 'retry';
}
