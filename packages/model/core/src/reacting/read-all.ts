import type { RecordedEvent } from '../messages/event.ts';
import type { EventStore } from '../ports/event-store.ts';

/** Events read at once. */
const PAGE = 1000;

/** A stream from a revision to its end. @throws Unavailable */
export async function readAll(store: EventStore, streamId: string, fromRevision = 0): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.read(streamId, fromRevision + events.length, PAGE);
    events.push(...page);
    if (page.length < PAGE) return events;
  }
}
