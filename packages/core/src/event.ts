import type { Aggregate } from './aggregate.ts';
import type { Message } from './message.ts';

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

/** The types of all events that the streams of these aggregates have, refusals included. */
export function recordedTypesOf(aggregates: readonly Pick<Aggregate, 'events'>[]): readonly string[] {
  return [
    ...aggregates.flatMap(({ events }) => events.options.map(({ shape }) => shape.type.value)),
    'CommandRejected',
  ];
}

/** Tells the record of a refused command from the domain's own events. */
export function isCommandRejected(event: Message): event is CommandRejected {
  return event.type === 'CommandRejected';
}
