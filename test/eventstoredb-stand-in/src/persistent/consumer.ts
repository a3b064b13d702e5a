import type { Resolved } from '../streams/links.ts';

/** One event on its way through a group. */
export interface Message {
  /** Of the event in the subscribed stream: for a link, the link's own id. */
  readonly id: string;
  readonly number: number;
  /** The stream that a link's event came from. */
  readonly sourceStream: string;
  readonly resolved: Resolved;
  readonly retryCount: number;
}

/** One connection to a group. It holds no more messages than it said it would take. */
export interface Consumer {
  readonly id: string;
  readonly capacity: number;
  readonly inFlight: Map<string, Message>;
  send(message: Message): void;
  /** Tells the client that the subscription ended. */
  drop(reason: number): void;
  /** Cuts its connection. */
  disconnect(): void;
}

/** Whether a consumer can take another message. */
export function hasRoom({ capacity, inFlight }: Consumer): boolean {
  return inFlight.size < capacity;
}
