import { type Log, type Reply, Unavailable } from '@daybook/core';
import type { ConsumeMessage } from 'amqplib';
import { replyFrom } from './wire.ts';

type Take = (reply: Reply) => void;

/**
 * Who waits for which command's outcome. A reply is told by its `command_id`, for callers may share a correlation id;
 * callers who share a command id all want the one answer it has.
 */
export class Replies {
  readonly #log: Log;
  readonly #waiting = new Map<string, Set<Take>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @returns call it to wait no longer */
  expect(commandId: string, take: Take): () => void {
    const waiting = this.#waiting.get(commandId) ?? new Set();
    waiting.add(take);
    this.#waiting.set(commandId, waiting);
    return () => {
      waiting.delete(take);
      if (waiting.size === 0 && this.#waiting.get(commandId) === waiting) this.#waiting.delete(commandId);
    };
  }

  /** Hands a reply to all who wait for it. The repeats that follow find nobody. */
  take(message: ConsumeMessage): void {
    const reply = replyFrom(message);
    if (reply === undefined) {
      this.#log.warn(
        { correlation_id: message.properties.correlationId },
        'what came to the reply address is no reply',
      );
      return;
    }
    const waiting = reply.command_id === null ? undefined : this.#waiting.get(reply.command_id);
    for (const take of [...(waiting ?? [])]) take(reply);
  }
}

/** What a request that got no answer in time throws: the command may still take effect. */
export function outcomeUnknown(commandId: string, timeoutMs: number): Unavailable {
  return new Unavailable(
    `the outcome of ${commandId}`,
    `not known yet after ${timeoutMs} ms; ask again with the same id`,
  );
}
