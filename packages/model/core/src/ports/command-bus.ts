import type { CommandMessage, ReceivedCommand } from '../messages/command.ts';
import type { Reply } from '../messages/reply.ts';

/** Why a message was set aside for a person. */
export interface ParkReason {
  readonly code: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** Tries before it was given up. */
  readonly attempts?: number | undefined;
}

/** What the bus has to do once a command was handled: park it first if it says so, acknowledge, then reply. */
export interface Handled {
  readonly reply: Reply;
  readonly park?: ParkReason | undefined;
}

/** Never throws but when the service is stopping: then the message stays with the broker. */
export type CommandHandler = (received: ReceivedCommand) => Promise<Handled>;

/** A running consumer. */
export interface Consumer {
  /** Takes no new messages, finishes what is in hand. */
  stop(): Promise<void>;
}

/** How long to wait, and what to do then. */
export interface RequestOptions {
  /** Milliseconds until the outcome is given up waiting for. */
  readonly timeoutMs: number;
}

/** Carries commands to the service that decides them. */
export interface CommandBus {
  /** Resolves once the broker holds the command safely. Repeats with the same id until then. @throws Unavailable, MalformedMessage (nobody serves the context) */
  publish(command: CommandMessage): Promise<void>;
  /** Publishes and awaits the outcome. @throws Unavailable when none came in time: the command may still take effect */
  request(command: CommandMessage, options: RequestOptions): Promise<Reply>;
  /**
   * Takes a share of the context's commands, those of one aggregate always together, and hands them over in the order they
   * came, many at once; the handler keeps order where it matters. Resolves when the share is known.
   */
  consume(context: string, handle: CommandHandler): Promise<Consumer>;
  /** For readiness. @throws Unavailable */
  ping(): Promise<void>;
  close(): Promise<void>;
}
