import { Fault, MalformedMessage, Unavailable } from '@daybook/core';

/** As {@link Unavailable}, but certainly nothing was done, and nothing will be. */
export class NotDone extends Unavailable {}

/** The client rejects with values of its own classes, and by message: not all of them are an `Error`. */
function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}

/** @returns whether the client rejected with an error of its class of this name */
export function isNamed(error: unknown, name: string): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === name;
}

/** @returns what the port throws for what the client rejected with */
export function faultOf(error: unknown): Error {
  if (error instanceof Fault || error instanceof TypeError) return error;
  const message = messageOf(error);
  if (message.startsWith('Authentication error')) {
    return new NotDone('EventStoreDB', 'it refuses the user name or the password of its URL');
  }
  if (isNamed(error, 'AccessDeniedError') || /access denied|do not have access/i.test(message)) {
    return new NotDone('EventStoreDB', `the user of its URL may not do this: ${message}`);
  }
  // The server read it and refused it, for its size for one; the connection lives on.
  if (message.startsWith('Bad request')) return new MalformedMessage('refused_by_event_store', message);
  if (isNamed(error, 'StreamDeletedError')) return new MalformedMessage('stream_deleted', message);
  return new Unavailable('EventStoreDB', error instanceof Error ? error : message);
}

/** @returns whether a failed call was certainly not carried out, and never will be */
export function isRefusal(error: unknown): boolean {
  return error instanceof NotDone || !(error instanceof Unavailable);
}
