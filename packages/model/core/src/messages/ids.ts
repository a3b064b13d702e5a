import { parse, v5 } from 'uuid';
import type { RecordedEvent } from './event.ts';

/** Namespace of every id derived here (RFC 9562, version 5). Never change it: ids already stored would differ. */
const DAYBOOK = parse('6f2a3b1e-54a5-4bd0-9d0c-3c9a4f7b8e21');

/** Of bytes: made of a text, it takes the library nearly twice as long. */
function idOf(name: string): string {
  return v5(Buffer.from(name), DAYBOOK);
}

/** The id of the n-th event that the system itself records because of something, known by a text that nobody else can choose. */
export function eventIdOf(origin: string, index: number): string {
  return idOf(`${origin}/${index}`);
}

/**
 * The id of the n-th event of a command: the same command to the same aggregate always yields the same ids, so nothing is
 * stored twice. Written as JSON, it can't be made to equal any other id derived here, whatever a sender calls a command.
 */
export function decidedEventIdOf(streamId: string, commandId: string, index: number): string {
  return idOf(JSON.stringify([streamId, commandId, index]));
}

/**
 * The id of the n-th command that a process manager sends because of an event: a repeat after a crash is the same command.
 * Nobody who knows the event's id can name it: it depends on a secret that only the log has. Events older than the secret
 * lead to the ids that they always led to.
 */
export function followUpIdOf(
  { id, metadata }: Pick<RecordedEvent, 'id' | 'metadata'>,
  processManager: string,
  index: number,
): string {
  return idOf(`${withSecret(id, metadata.follow_up_secret)}/${processManager}/${index}`);
}

/** The id of the snapshot that ends with an event. */
export function snapshotIdOf(eventId: string): string {
  return idOf(`${eventId}/snapshot`);
}

/**
 * The id of what an event handler does because of an event, and of the record that it was done.
 * @param index of the effect among those of the event; left out: its mail
 */
export function effectIdOf(eventId: string, handler: string, index?: number): string {
  return idOf(`${eventId}/${handler}/effect${index === undefined ? '' : `/${index}`}`);
}

/** The id of a command that a deadline asks for: sent twice, or set twice by one event, it is one command. As secret as {@link followUpIdOf}. */
export function dueCommandIdOf(
  { event_id, follow_up_secret }: { readonly event_id: string; readonly follow_up_secret?: string | undefined },
  deadline: string,
  commandType: string,
): string {
  return idOf(`${withSecret(event_id, follow_up_secret)}/${deadline}/${commandType}`);
}

function withSecret(eventId: string, secret: string | undefined): string {
  return secret === undefined ? eventId : `${eventId}/${secret}`;
}
