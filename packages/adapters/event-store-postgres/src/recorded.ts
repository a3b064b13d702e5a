import type { EventMetadata, RecordedEvent } from '@daybook/core';

/** The columns of an event, in the shape that {@link recordedOf} takes. */
export const EVENT_COLUMNS = 'e.position, e.stream_id, e.revision, e.id, e.type, e.data, e.metadata';

/** A row of `event_store.events`. */
export interface EventRow {
  position: number;
  stream_id: string;
  revision: number;
  id: string;
  type: string;
  data: unknown;
  metadata: EventMetadata;
}

/** A row as the port has it. */
export function recordedOf({ position, stream_id, revision, id, type, data, metadata }: EventRow): RecordedEvent {
  return { id, type, data, metadata, streamId: stream_id, revision, position };
}
