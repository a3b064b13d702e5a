import type { Message } from './message.ts';

/** What travels with a command beside its data. */
export interface CommandMetadata {
  /** The idempotency key: AMQP `message_id`, HTTP `Idempotency-Key`. */
  readonly commandId: string;
  /** The conversation this command belongs to. */
  readonly correlationId: string;
  /** The event or message that caused it. */
  readonly causationId: string;
  /** Who asked: a person, or the process manager's name. */
  readonly actor: string | undefined;
  /** W3C trace context, passed on untouched. */
  readonly traceparent: string | undefined;
  /** When the command-service took it up, RFC 3339. Deciders have no other clock. */
  readonly at: string;
}

/** A command on its way to a bounded context. */
export interface CommandMessage {
  readonly context: string;
  readonly command: Message;
  readonly commandId: string;
  readonly correlationId?: string | undefined;
  readonly causationId?: string | undefined;
  readonly actor?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** A command as a broker delivered it. Nothing in it has been checked. */
export interface ReceivedCommand {
  readonly type: string | undefined;
  readonly commandId: string | undefined;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
  readonly actor: string | undefined;
  readonly traceparent: string | undefined;
  /** JSON of the command's data alone; as bytes, in what should be UTF-8. */
  readonly body: string | Uint8Array;
}
