import type { Message } from './consumer.ts';

/** Messages that wait for a consumer. */
export interface Waiting {
  readonly size: number;
  /** Retries first, then the others in their order. */
  inOrder(): readonly Message[];
  add(message: Message): void;
  /** Before everything that is new, by number; or, reordered, after everything and the last first. */
  addRetries(messages: readonly Message[], reordered: boolean): void;
  remove(message: Message): void;
}

/** Makes an empty queue. */
export function createWaiting(): Waiting {
  const retries: Message[] = [];
  const fresh: Message[] = [];
  return {
    get size() {
      return retries.length + fresh.length;
    },
    inOrder: () => [...retries, ...fresh],
    add: (message) => void fresh.push(message),
    addRetries(messages, reordered) {
      if (reordered) {
        fresh.push(...[...messages].sort((a, b) => b.number - a.number));
        return;
      }
      retries.push(...messages);
      retries.sort((a, b) => a.number - b.number);
    },
    remove(message) {
      for (const list of [retries, fresh]) {
        const index = list.indexOf(message);
        if (index >= 0) list.splice(index, 1);
      }
    },
  };
}
