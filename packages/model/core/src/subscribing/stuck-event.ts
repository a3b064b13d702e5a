import type { RecordedEvent } from '../messages/event.ts';

/** An event that a consumer can't get past. */
export interface StuckEvent {
  readonly event: RecordedEvent;
  /** How often it was tried. */
  readonly attempts: number;
  readonly error: unknown;
}

/** What a line of the log says of it. */
export function fieldsOf({ event, attempts, error }: StuckEvent): object {
  const { id, type, streamId, position } = event;
  return { err: error, attempt: attempts, event_id: id, event_type: type, stream: streamId, position };
}

/** For readiness. */
export function describe(consumer: string, { event, attempts, error }: StuckEvent): string {
  const reason = error instanceof Error ? error.message : String(error);
  const what = `${event.type} ${event.id} of ${event.streamId}, at position ${event.position}`;
  return `the consumer '${consumer}' stands still at ${what}, which failed ${attempts} times: ${reason}`;
}
