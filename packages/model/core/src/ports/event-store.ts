import type { NewEvent, RecordedEvent } from '../messages/event.ts';
import type { MarkedGroup, MarkKeeper, NextMark, Proof, StoredMarks } from './marks.ts';

/** What the writer believes the stream's last revision to be. */
export type ExpectedRevision = number | 'no-stream';

/**
 * Which event it is, in which history: a command that a restore has lost and that is decided again gives its events the same ids.
 */
export interface EventIdentity {
  readonly id: string;
  /** RFC 3339. */
  readonly recordedAt: string;
}

/** Whether it is that event, of that history. */
export function isEvent(event: RecordedEvent | undefined, { id, recordedAt }: EventIdentity): boolean {
  return event?.id === id && event.metadata.recorded_at === recordedAt;
}

/** Where an append ended. */
export interface Appended {
  /** Of the last event appended. */
  readonly revision: number;
}

/**
 * What a subscription calls. It throws when the batch could not be handled.
 * @param marks to be stored with what the batch changes, or by themselves when it changes nothing
 */
export type EventsHandler = (events: readonly RecordedEvent[], marks?: readonly NextMark[]) => Promise<void>;

/** A named set of competing consumers on the feed of one context. */
export interface SubscriptionOptions {
  readonly group: string;
  readonly context: string;
  readonly handle: EventsHandler;
  /** What the handler does something with. Others may be handed over as well, or not: they count as handled. */
  readonly types?: readonly string[];
  /**
   * Where the group's data has its marks, if it has any. With them, the group proves that the log still has what the data
   * counts before it goes on: at the start, when it takes over a partition, and after a lost connection. What the data lacks
   * is handed over again; where the log lacks something, the group stands still until the marks are others.
   */
  readonly marks?: MarkKeeper;
  /** The most events handed over at once. */
  readonly batchSize?: number;
  /** Deliveries of one event before it is parked. */
  readonly maxAttempts?: number;
  /** Pause before the second delivery, milliseconds; doubled each time. */
  readonly retryDelayMs?: number;
}

/** One consumer's connection to a group. */
export interface Subscription {
  /** Finishes what is in hand, records it, and hands the rest to the other consumers. */
  stop(): Promise<void>;
}

/** The connection of a consumer to its group. */
export interface GroupSubscription extends Subscription {
  /** For readiness. @throws HistoriesDiffer while the group stands still because of it */
  check(): Promise<void>;
}

/** An event that a group could not handle, whole, with the reason. */
export interface ParkedEvent {
  readonly event: RecordedEvent;
  readonly attempts: number;
  readonly reason: string;
  /** RFC 3339. */
  readonly parkedAt: string;
}

/** Where a group stands. */
export interface GroupStatus {
  /** Events that it has not finished; those set aside are not counted. */
  readonly lag: number;
  /** Events that wait for a person. */
  readonly parked: number;
  /** Events set aside because they are tried again, or must come after one that failed. */
  readonly held: number;
}

/** How far a group has come. */
export interface GroupProgress {
  /** The group has finished, or set aside, every event up to this position. */
  readonly done: number;
  /** The position of the feed's last event; 0: it has none. */
  readonly head: number;
  /** Events set aside: those that wait for a person, are tried again, or must come after one that failed. */
  readonly aside: number;
}

/** Where events are appended and read, and from where every group gets every event of its context at least once. */
export interface EventStore {
  /**
   * Appends all events or none.
   * The same events (by id) at the same place again: the same answer, stored once.
   * @param last what the writer believes to be the event at the expected revision: where the store can tell that it is another
   * one, because it went back in time and on otherwise, that is a conflict, too
   * @throws RevisionConflict, Unavailable (then it may have been stored: read again)
   */
  append(
    streamId: string,
    expectedRevision: ExpectedRevision,
    events: readonly NewEvent[],
    last?: EventIdentity,
  ): Promise<Appended>;
  /**
   * Appends the first events of a stream. Where there is one already it is a conflict, even if it begins with the very same
   * events: so a repeat is never taken for the first. Left out of a store that can't tell.
   * @throws RevisionConflict, Unavailable (then it may have been stored)
   */
  readonly startStream?: (streamId: string, events: readonly NewEvent[]) => Promise<Appended>;
  /** @returns at most `limit` events from `fromRevision` on, none when the stream does not exist; @throws Unavailable */
  read(streamId: string, fromRevision: number, limit: number): Promise<readonly RecordedEvent[]>;
  /** @returns at most `limit` events from `fromRevision` (or the stream's end) back to the first, newest first; @throws Unavailable */
  readBackwards(streamId: string, fromRevision: number | 'end', limit: number): Promise<readonly RecordedEvent[]>;
  /** @returns at most `limit` events of the context after the position (0: from the start), fewer where they are large, none at its end; @throws Unavailable */
  readFeed(context: string, afterPosition: number, limit: number): Promise<readonly RecordedEvent[]>;
  /**
   * Tells when events were appended to a context's feed, by any process, or may have been. A hint: who relies on it looks now
   * and then as well. Left out of a store that can't tell.
   * @returns call it to watch no longer
   */
  readonly watchFeed?: (context: string, onAppend: () => void) => () => void;
  /**
   * Calls back when what was read may be of another history than what is read next: a connection was lost. Left out of a store
   * that can't be put back.
   */
  readonly onDoubt?: (listener: () => void) => void;
  /** At least once, competing with the group's other consumers; one entity's events go to one consumer, in order, when nothing fails. */
  subscribe(options: SubscriptionOptions): Promise<GroupSubscription>;
  /**
   * Compares the marks of a group's data with the log, at one moment.
   * @returns one for each partition, in order. @throws Unavailable
   */
  proveMarks(group: MarkedGroup, stored: StoredMarks): Promise<readonly Proof[]>;
  /** How far a group is, and what it could not handle. All zero and the whole feed for a group that does not exist. @throws Unavailable */
  groupStatus(group: string, context: string): Promise<GroupStatus>;
  /** @returns the groups of the context that have something set aside, also those that no code has any more, by name. @throws Unavailable */
  listParkedGroups(context: string): Promise<readonly string[]>;
  /** Cheaper than {@link EventStore.groupStatus}: to be asked again and again. @throws Unavailable */
  groupProgress(group: string, context: string): Promise<GroupProgress>;
  /**
   * Forgets a group: its place in the feed, and what it has set aside. Nothing happens where there is none. Nobody may
   * consume it any more; who subscribes to a group of that name later starts at the first event. @throws Unavailable
   */
  dropGroup(group: string, context: string): Promise<void>;
  /** @returns what waits for a person, the oldest first. @throws Unavailable */
  listParked(group: string, context: string): Promise<readonly ParkedEvent[]>;
  /**
   * Has parked events handled again, each followed by what it holds back. They are parked again if they fail as often as before.
   * @param position of one parked event; all when left out
   * @returns how many. @throws Unavailable
   */
  replayParked(group: string, context: string, position?: number): Promise<number>;
  /**
   * Gives up a parked event: the group never handles it, and what it held back is handled in order.
   * @returns false when it isn't parked. @throws Unavailable
   */
  discardParked(group: string, context: string, position: number): Promise<boolean>;
  /** For readiness. @throws Unavailable */
  ping(): Promise<void>;
  close(): Promise<void>;
}
