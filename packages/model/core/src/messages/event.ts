import type { Message } from './message.ts';

/** What an app's middlewares have noted about a command's decision: flat, a few short texts. */
export type Annotations = Readonly<Record<string, string>>;

/** Stored with every event, under these names. */
export interface EventMetadata {
  readonly command_id: string;
  /** Of what was asked, to tell whether the id came again with something else. */
  readonly command_digest?: string | undefined;
  readonly causation_id: string;
  readonly correlation_id: string;
  readonly actor?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly schema_version: number;
  /** RFC 3339, by the clock of the command-service that decided. */
  readonly recorded_at: string;
  /**
   * Random; the ids of the commands that the event leads to are derived from it. Whoever knows it can answer them in
   * advance: show it to nobody.
   */
  readonly follow_up_secret?: string | undefined;
  /** By the command middlewares of the app, if they gave any. */
  readonly annotations?: Annotations | undefined;
}

/** An event that is about to be appended. */
export interface NewEvent<E extends Message = Message> extends Message<E['type'], E['data']> {
  readonly id: string;
  readonly metadata: EventMetadata;
}

/** An event as the store holds it. */
export type RecordedEvent<E extends Message = Message> = E & {
  readonly id: string;
  readonly streamId: string;
  /** Place in the stream, from 0, without gaps. */
  readonly revision: number;
  /**
   * Place in the context's feed, from 1. Compare it, store it, compute nothing with it. EventStoreDB tells it in the feed
   * only: see {@link hasPosition}.
   */
  readonly position: number;
  readonly metadata: EventMetadata;
};

/** Whether the store told where in the feed the event is. */
export function hasPosition({ position }: Pick<RecordedEvent, 'position'>): boolean {
  return position > 0;
}

/** Recorded in the aggregate's stream when a command is refused; `evolve` never sees it. */
export type CommandRejected = Message<
  'CommandRejected',
  { readonly command: string; readonly data: unknown; readonly code: string; readonly message: string }
>;

/** Recorded in the aggregate's stream when a command was accepted and there was nothing to do; `evolve` never sees it. */
export type CommandHadNoEffect = Message<'CommandHadNoEffect', { readonly command: string; readonly data: unknown }>;

/** The types of what Daybook records of commands by itself. A domain's event can't have one of these names. */
export const COMMAND_RECORD_TYPES: readonly string[] = ['CommandRejected', 'CommandHadNoEffect'];

/** Tells Daybook's own record of a command, which `evolve` and folds never see, from the domain's events. */
export function isCommandRecord(event: Message): event is CommandRejected | CommandHadNoEffect {
  return COMMAND_RECORD_TYPES.includes(event.type);
}

/**
 * Tells the record of a refused command from all other events.
 * @example
 * if (isCommandRejected(event)) log.info({ code: event.data.code }, 'a command was refused');
 */
export function isCommandRejected(event: Message): event is CommandRejected {
  return event.type === 'CommandRejected';
}
