import { isCommandRejected, type RecordedEvent } from './event.ts';
import type { RecordedOutcome } from './reply.ts';

/**
 * The outcomes recorded in a stream, by command. Built from the events alone, so that a command asked again
 * after a restart gets the very answer it got at first.
 */
export type Outcomes = Map<string, RecordedOutcome>;

/** Adds what an event says of its command; events come in stream order. */
export function recordOutcome(outcomes: Outcomes, event: RecordedEvent): void {
  const command_id = event.metadata.command_id;
  const { streamId: stream, revision } = event;
  if (isCommandRejected(event)) {
    const { code, message } = event.data;
    outcomes.set(command_id, { status: 'rejected', command_id, stream, revision, error: { code, message } });
    return;
  }
  const before = outcomes.get(command_id);
  const events = before?.status === 'accepted' ? before.events : [];
  outcomes.set(command_id, {
    status: 'accepted',
    command_id,
    stream,
    revision,
    events: [...events, { type: event.type, revision }],
  });
}
