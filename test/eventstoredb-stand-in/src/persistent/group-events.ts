import { randomUUID } from 'node:crypto';
import { type EventToStore, type StoredEvent, SystemType } from '../store/stored-event.ts';
import { keepLast } from '../store/stream-metadata.ts';
import type { Streams } from '../store/streams.ts';
import { linkTo, original } from '../streams/links.ts';
import type { Message } from './consumer.ts';
import { checkpointStream, type GroupSettings, parkedStream } from './group-settings.ts';

const CHECKPOINT = '$SubscriptionCheckpoint';
const CONFIG = '$PersistentConfig';
const CONFIG_STREAM = '$persistentSubscriptionConfig';

/** How far a group is: the number of an event, as JSON. Only the newest two are kept. */
export function checkpointEvents(streams: Streams, settings: GroupSettings, number: number): EventToStore[] {
  const stream = checkpointStream(settings);
  const limits = streams.lastNumber(stream) < 0 ? [keepLast(stream, 2)] : [];
  return [...limits, json(stream, CHECKPOINT, number)];
}

/** A group's last checkpoint, undefined when it has none. */
export function lastCheckpoint(streams: Streams, settings: GroupSettings): number | undefined {
  const event = lastEvent(streams, checkpointStream(settings));
  return event && (JSON.parse(event.data.toString()) as number);
}

/** The link that sets a message aside, to the event itself where that can still be read. */
export function parkedEvent(settings: GroupSettings, message: Message, reason: string, nowMs: number): EventToStore {
  const { event } = message.resolved;
  return {
    stream: parkedStream(settings),
    id: randomUUID(),
    type: SystemType.link,
    contentType: 0,
    data: event ? linkTo(event) : original(message.resolved).data,
    metadata: Buffer.from(JSON.stringify({ added: new Date(nowMs).toISOString(), reason })),
  };
}

/** All groups, for the next start. */
export function configEvent(groups: readonly GroupSettings[]): EventToStore {
  return json(CONFIG_STREAM, CONFIG, groups);
}

/** The groups as they were kept last. */
export function lastConfig(streams: Streams): readonly GroupSettings[] {
  const event = lastEvent(streams, CONFIG_STREAM);
  return event ? (JSON.parse(event.data.toString()) as GroupSettings[]) : [];
}

function lastEvent(streams: Streams, stream: string): StoredEvent | undefined {
  return streams.visible(stream, streams.lastNumber(stream));
}

function json(stream: string, type: string, value: unknown): EventToStore {
  const data = Buffer.from(JSON.stringify(value));
  return { stream, id: randomUUID(), type, contentType: 1, data, metadata: Buffer.alloc(0) };
}
