import { type StoredEvent, SystemType } from '../store/stored-event.ts';
import type { Streams } from '../store/streams.ts';

/** An event as it is sent: with the link that led to it, if one did. */
export interface Resolved {
  /** Undefined when the event that the link points at can no longer be read. */
  readonly event?: StoredEvent | undefined;
  readonly link?: StoredEvent;
}

/** The event that is in the stream that was read: the link when there is one. */
export function original({ event, link }: Resolved): StoredEvent {
  const found = link ?? event;
  if (!found) throw new Error('neither an event nor a link');
  return found;
}

/** What a link's data says: `number@stream`. */
export function linkTo(event: Pick<StoredEvent, 'stream' | 'number'>): Buffer {
  return Buffer.from(`${event.number}@${event.stream}`);
}

/** Follows a link, when that is wanted and the event is one. */
export function resolve(streams: Streams, event: StoredEvent, resolveLinkTos: boolean): Resolved {
  if (!resolveLinkTos || event.type !== SystemType.link) return { event };
  const { number, stream } = parseLink(event.data);
  return { event: streams.visible(stream, number), link: event };
}

/** The stream that a link's event came from; the event's own stream when it is not a link. */
export function sourceStream(event: StoredEvent): string {
  return event.type === SystemType.link ? parseLink(event.data).stream : event.stream;
}

function parseLink(data: Buffer): { number: number; stream: string } {
  const text = data.toString();
  const at = text.indexOf('@');
  return { number: Number(text.slice(0, at)), stream: text.slice(at + 1) };
}
