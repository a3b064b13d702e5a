import { randomUUID } from 'node:crypto';
import {
  type EventStore,
  eventIdOf,
  type NewEvent,
  type RecordedEvent,
  RevisionConflict,
  streamIdOf,
} from '@daybook/core';
import type { ParkedItem } from './parked-items.ts';

/** What a person does about something parked; `fail` says that it could not be done. */
export interface Act {
  readonly verb: 'replay' | 'discard' | 'fail';
  /** Who. */
  readonly by: string;
  /** Why. */
  readonly reason?: string | undefined;
}

/** Events in one append. */
const CHUNK = 100;
const PAGE = 1000;

const streamOf = (context: string) => streamIdOf('operations', 'Parked', context);

/**
 * Records acts in the stream `operations-Parked-<context>`. Stored for ever: add optional fields, never rename.
 * To be called before the act itself, so that no act is without its record.
 * @throws Unavailable
 */
export async function recordActs(
  store: EventStore,
  context: string,
  items: readonly ParkedItem[],
  act: Act,
): Promise<void> {
  const recordedAt = new Date().toISOString();
  for (let from = 0; from < items.length; from += CHUNK) {
    await appendAtEnd(
      store,
      streamOf(context),
      items.slice(from, from + CHUNK).map((item) => recordOf(item, act, recordedAt)),
    );
  }
}

/** @returns every act on what a context had parked, the oldest first. @throws Unavailable */
export async function actsOf(store: EventStore, context: string): Promise<RecordedEvent[]> {
  const acts: RecordedEvent[] = [];
  for (;;) {
    const page = await store.read(streamOf(context), acts.length, PAGE);
    acts.push(...page);
    if (page.length < PAGE) return acts;
  }
}

function recordOf(item: ParkedItem, { verb, by, reason }: Act, recordedAt: string): NewEvent {
  const id = randomUUID();
  const metadata = {
    command_id: id,
    causation_id: id,
    correlation_id: id,
    actor: by,
    schema_version: 1,
    recorded_at: recordedAt,
  };
  const done = { replay: 'Replayed', discard: 'Discarded', fail: 'LeftParked' }[verb];
  const why = { by, ...(reason === undefined ? {} : { reason }) };
  if (item.kind === 'command') {
    const { id: messageId, type, routingKey } = item.command;
    const data = { context: item.context, message_id: messageId, type, routing_key: routingKey, ...why };
    return { id: eventIdOf(id, 0), type: `ParkedCommand${done}`, data, metadata };
  }
  const { position, streamId, revision, type } = item.event.event;
  const data = { context: item.context, group: item.group, position, type, stream: streamId, revision, ...why };
  return { id: eventIdOf(id, 0), type: `ParkedEvent${done}`, data, metadata };
}

/** Nothing is decided on what the stream holds: whoever was faster changes nothing. */
async function appendAtEnd(store: EventStore, streamId: string, events: readonly NewEvent[]): Promise<void> {
  for (;;) {
    const [last] = await store.readBackwards(streamId, 'end', 1);
    try {
      await store.append(streamId, last?.revision ?? 'no-stream', events);
      return;
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
}
