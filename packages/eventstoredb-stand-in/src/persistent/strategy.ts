import { type Consumer, hasRoom, type Message } from './consumer.ts';
import { createPinned } from './pinned.ts';

/** Who gets a message: a consumer; nobody yet, though others may get theirs; or nobody, for all have enough. */
export type Choice = Consumer | 'not-yet' | 'all-full';

/** How a group spreads its messages. */
export interface Strategy {
  add(consumer: Consumer): void;
  remove(consumer: Consumer): void;
  choose(message: Message): Choice;
  /** A message left a consumer, handled or not. */
  settled(consumer: Consumer, message: Message): void;
}

/** A strategy by its name in the protocol, undefined when there is none of that name. */
export function createStrategy(name: string): Strategy | undefined {
  switch (name) {
    case 'RoundRobin':
      return createInTurn(true);
    case 'DispatchToSingle':
      return createInTurn(false);
    case 'Pinned':
      return createPinned();
    default:
      return undefined;
  }
}

/** The first with room; round robin then puts it last, dispatch to single stays with it until it is full. */
function createInTurn(rotate: boolean): Strategy {
  const consumers: Consumer[] = [];
  return {
    add: (consumer) => void consumers.push(consumer),
    remove: (consumer) => void consumers.splice(consumers.indexOf(consumer), 1),
    choose() {
      const index = consumers.findIndex(hasRoom);
      const chosen = consumers[index];
      if (!chosen) return 'all-full';
      if (rotate) consumers.push(...consumers.splice(index, 1));
      return chosen;
    },
    settled() {},
  };
}
