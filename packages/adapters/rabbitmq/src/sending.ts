import type { MalformedMessage, Unavailable } from '@daybook/core';
import type { Outgoing } from './wire.ts';

/** What the one who sends wants to be told. */
export interface SendingListener {
  /** The reply comes to the channel that asked: until it is dropped, the message is sent again on every new channel. */
  readonly awaitsReply: boolean;
  confirmed(): void;
  /** It was given up: MalformedMessage or Unavailable. */
  failed(error: MalformedMessage | Unavailable): void;
}

/** A message that is being sent. */
export interface Sending {
  readonly message: Outgoing;
  readonly listener: SendingListener;
  /** Place in the order of the calls. */
  readonly order: number;
  /** Times it was written. */
  attempt: number;
  /** Milliseconds since 1970. */
  writtenAt: number;
  /** No queue took it, this time. */
  returned: boolean;
  /** The queues were declared again for its sake. */
  declaredAgain: boolean;
  /** Confirmed, answered or given up. */
  done: boolean;
}

/** A message that has not been written yet. */
export function sendingOf(message: Outgoing, listener: SendingListener, order: number): Sending {
  return { message, listener, order, attempt: 0, writtenAt: 0, returned: false, declaredAgain: false, done: false };
}
