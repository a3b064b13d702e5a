import type { Consumer, Message } from './consumer.ts';
import type { Strategy } from './strategy.ts';

/** Messages that consumers have and did not answer yet. */
export interface InFlight {
  add(message: Message, consumer: Consumer, deadline: number): void;
  /**
   * Ends a consumer's hold on a message and returns the message if it was still in flight. It may be in flight at
   * another consumer meanwhile: a late acknowledgement counts all the same.
   */
  answered(consumer: Consumer, id: string): Message | undefined;
  /** Takes back what these consumers have. */
  takeFrom(consumers: readonly Consumer[]): readonly Message[];
  /** Takes back what was not answered in time. */
  takeLate(nowMs: number): readonly Message[];
  all(): readonly Message[];
}

interface Held {
  readonly message: Message;
  readonly consumer: Consumer;
  readonly deadline: number;
}

/** Starts with none. */
export function createInFlight(strategy: Strategy): InFlight {
  const held = new Map<string, Held>();

  function release(consumer: Consumer, id: string): void {
    const message = consumer.inFlight.get(id);
    if (message && consumer.inFlight.delete(id)) strategy.settled(consumer, message);
  }

  function take(id: string): Message | undefined {
    const found = held.get(id);
    if (!found) return undefined;
    held.delete(id);
    release(found.consumer, id);
    return found.message;
  }

  function takeWhere(matches: (one: Held) => boolean): readonly Message[] {
    const found = [...held.values()].filter(matches).map(({ message }) => message);
    for (const { id } of found) take(id);
    return found;
  }

  return {
    add(message, consumer, deadline) {
      held.set(message.id, { message, consumer, deadline });
      consumer.inFlight.set(message.id, message);
    },
    answered(consumer, id) {
      release(consumer, id);
      return take(id);
    },
    takeFrom: (consumers) => takeWhere(({ consumer }) => consumers.includes(consumer)),
    takeLate: (nowMs) => takeWhere(({ deadline }) => deadline <= nowMs),
    all: () => [...held.values()].map(({ message }) => message),
  };
}
