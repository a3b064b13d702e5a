import { type EventStore, type Outcomes, type RecordedOutcome, recordOutcome } from '@daybook/core';

/** Events read at once. */
const PAGE = 1000;

/** @returns what the stream records of the command, undefined when nothing yet; @throws Unavailable */
export async function outcomeOf(
  store: EventStore,
  streamId: string,
  commandId: string,
): Promise<RecordedOutcome | undefined> {
  const outcomes: Outcomes = new Map();
  for (let revision = 0; ; revision += PAGE) {
    const events = await store.read(streamId, revision, PAGE);
    for (const event of events) {
      if (event.metadata.command_id === commandId) recordOutcome(outcomes, event);
    }
    if (events.length < PAGE) return outcomes.get(commandId);
  }
}
