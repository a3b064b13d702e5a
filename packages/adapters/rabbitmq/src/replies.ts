import { type Log, type Reply, Unavailable } from '@daybook/core';
import type { ConsumeMessage } from 'amqplib';
import { replyFrom, requestIdOf } from './wire.ts';

type Take = (reply: Reply) => void;

/**
 * Who waits for which request's outcome. A reply is told by the id of its request alone: callers may share a correlation
 * id, and two commands to different aggregates may have the same id.
 */
export class Replies {
  readonly #log: Log;
  readonly #waiting = new Map<string, Take>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @returns call it to wait no longer */
  expect(requestId: string, take: Take): () => void {
    this.#waiting.set(requestId, take);
    return () => this.#waiting.delete(requestId);
  }

  /** Hands a reply to who waits for it. The repeats that follow find nobody. */
  take(message: ConsumeMessage): void {
    const reply = replyFrom(message);
    const requestId = requestIdOf(message.properties.headers);
    if (reply === undefined || requestId === undefined) {
      this.#log.warn(
        { correlation_id: message.properties.correlationId },
        reply === undefined
          ? 'a message came to the reply address that is not a reply, it is ignored'
          : 'a reply came without its request-id, it is ignored: is a command-service of an older version running?',
      );
      return;
    }
    this.#waiting.get(requestId)?.(reply);
  }
}

/** What a request that got no answer in time throws: the command may still take effect. */
export function outcomeUnknown(commandId: string, timeoutMs: number): Unavailable {
  return new Unavailable(
    `the outcome of ${commandId}`,
    `not known yet after ${timeoutMs} ms; ask again with the same id`,
  );
}
