import { type EventStore, outcomeWith, type RecordedEvent, type RecordedOutcome } from '@daybook/core';

/** Events read at once. */
const PAGE = 1000;

/**
 * Looks from the stream's end, since who asks has just sent the command; a command's events lie together.
 * @returns what the stream records of the command, undefined when nothing yet; @throws Unavailable
 */
export async function outcomeOf(
  store: EventStore,
  streamId: string,
  commandId: string,
): Promise<RecordedOutcome | undefined> {
  const newestFirst: RecordedEvent[] = [];
  for (let from: number | 'end' = 'end'; from !== -1; ) {
    const events: readonly RecordedEvent[] = await store.readBackwards(streamId, from, PAGE);
    const of = events.filter(({ metadata }) => metadata.command_id === commandId);
    newestFirst.push(...of);
    const last = events.at(-1);
    const isWhole = newestFirst.length > 0 && last?.metadata.command_id !== commandId;
    from = last === undefined || isWhole ? -1 : last.revision - 1;
  }
  let outcome: RecordedOutcome | undefined;
  for (const event of newestFirst.reverse()) outcome = outcomeWith(outcome, event);
  return outcome;
}
