import { isCommandRecord, isCommandRejected, type RecordedEvent } from '../messages/event.ts';
import type { RecordedOutcome } from '../messages/reply.ts';
import { tokenOf } from '../messages/token.ts';

/**
 * The outcomes recorded in a stream, by command. Built from the events alone, so that a command asked again
 * after a restart gets the very answer it got at first.
 */
export type Outcomes = Map<string, RecordedOutcome>;

/** Adds what an event says of its command; events come in stream order. */
export function recordOutcome(outcomes: Outcomes, event: RecordedEvent): void {
  const { command_id } = event.metadata;
  outcomes.set(command_id, outcomeWith(outcomes.get(command_id), event));
}

/** The outcome of a command once this event of it is counted. @param before what its earlier events said, if any */
export function outcomeWith(before: RecordedOutcome | undefined, event: RecordedEvent): RecordedOutcome {
  const { command_id } = event.metadata;
  const { streamId: stream, revision } = event;
  const token = tokenOf(stream, revision);
  if (isCommandRejected(event)) {
    const { code, message } = event.data;
    return { status: 'rejected', command_id, stream, revision, token, error: { code, message } };
  }
  if (isCommandRecord(event)) return { status: 'accepted', command_id, stream, revision, token, events: [] };
  const events = before?.status === 'accepted' ? before.events : [];
  return {
    status: 'accepted',
    command_id,
    stream,
    revision,
    token,
    events: [...events, { type: event.type, revision }],
  };
}
