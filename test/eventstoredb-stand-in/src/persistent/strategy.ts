import type { Consumer, Message } from './consumer.ts';

/** How a group spreads its messages. */
export interface Strategy {
  add(consumer: Consumer): void;
  remove(consumer: Consumer): void;
  /** Who gets a message: a consumer; nobody yet, though others may get theirs; or nobody, for all have enough. */
  choose(message: Message): Consumer | 'not-yet' | 'all-full';
  /** A message left a consumer, handled or not. */
  settled(consumer: Consumer, message: Message): void;
}
