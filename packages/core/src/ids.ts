import { parse, v5 } from 'uuid';

/** Namespace of every id derived here (RFC 9562, version 5). Never change it: ids already stored would differ. */
const DAYBOOK = parse('6f2a3b1e-54a5-4bd0-9d0c-3c9a4f7b8e21');

/** Of bytes: made of a text, it takes the library nearly twice as long. */
function idOf(name: string): string {
  return v5(Buffer.from(name), DAYBOOK);
}

/** The id of a command's n-th event: the same command always yields the same ids, so nothing is stored twice. */
export function eventIdOf(commandId: string, index: number): string {
  return idOf(`${commandId}/${index}`);
}

/** The id of the n-th command that a process manager sends because of an event: a repeat after a crash is the same command. */
export function followUpIdOf(eventId: string, processManager: string, index: number): string {
  return idOf(`${eventId}/${processManager}/${index}`);
}

/** The id of the snapshot that ends with an event. */
export function snapshotIdOf(eventId: string): string {
  return idOf(`${eventId}/snapshot`);
}

/** The id of what an event handler does because of an event: of the mail, and of the record that it was sent. */
export function effectIdOf(eventId: string, handler: string): string {
  return idOf(`${eventId}/${handler}/effect`);
}

/** The id of a command that a deadline asks for: sent twice, or set twice by one event, it is one command. */
export function dueCommandIdOf(eventId: string, deadline: string, commandType: string): string {
  return idOf(`${eventId}/${deadline}/${commandType}`);
}
