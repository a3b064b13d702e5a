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

/** Somebody else appended to the stream first. */
export class RevisionConflict extends Fault {
  readonly streamId: string;
  /** The stream's last revision; -1 when it does not exist. */
  readonly actualRevision: number;

  constructor(streamId: string, expectedRevision: number | 'no-stream', actualRevision: number) {
    super('revision_conflict', 'reload', `${streamId} is at ${actualRevision}, not at ${expectedRevision}`);
    this.streamId = streamId;
    this.actualRevision = actualRevision;
  }
}

/** A store, broker or database can't be reached or doesn't answer. Never the message's fault. What was asked may have happened. */
export class Unavailable extends Fault {
  constructor(what: string, cause: unknown) {
    super(
      'unavailable',
      'wait',
      `${what} is not available: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
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
