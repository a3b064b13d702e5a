import type { Log } from '@daybook/core';
import type { Channel, ConsumeMessage } from 'amqplib';
import { inTime } from './bounded.ts';
import type { Settlements } from './settlements.ts';

/** RabbitMQ 3.10 never answers when the queue's process was killed within a second of its declaration. */
const ANSWER_MS = 10_000;

/** Milliseconds until a queue that had a consumer, or unacknowledged deliveries, is looked at again. */
const TAKEN_MS = 100;

/** A channel to consume on, and how to give it up for the next one. */
export interface ConsumingChannel {
  readonly channel: Channel;
  readonly settlements: Settlements;
  readonly rebuild: (reason: string) => void;
  /** Aborted when it is lost: what it delivered is the broker's again. */
  readonly lost: AbortSignal;
}

/** What decides about the consumers of some queues. */
export interface QueueConsuming {
  readonly log: Log;
  /** All that may be consumed, in the order of starting. */
  readonly queues: readonly string[];
  /** Begins the consumer's tag, which operators see. */
  readonly name: string;
  /** Deliveries that the consumer of a queue may have unacknowledged. */
  prefetchOf(queue: string): number;
  /** The queues to consume; undefined: leave it as it is. */
  wanted(): ReadonlySet<string> | undefined;
  /** Whether one that is wanted may be begun now. */
  isFree(queue: string): boolean;
  /** @param message null when the queue was deleted */
  deliver(queue: string, message: ConsumeMessage | null, on: ConsumingChannel): void;
  /** Consumers have started or ended. */
  changed(): void;
  /** It is time to look again what can be done: calls {@link QueueConsumers.review}. */
  review(): void;
}

/** Starts and ends the consumers of queues on one channel at a time, until they are those that are wanted. */
export class QueueConsumers {
  readonly #options: QueueConsuming;
  /** By queue, the tag of its consumer. */
  readonly #consumed = new Map<string, string>();
  /** Queues whose consumer was not answered: started last, so that they keep no other from being consumed. */
  readonly #hung = new Set<string>();
  /** Queues that somebody still had when they were looked at. */
  readonly #taken = new Set<string>();
  #on: ConsumingChannel | undefined;
  #prefetch = 0;
  #begun = 0;
  #running: Promise<void> | undefined;

  constructor(options: QueueConsuming) {
    this.#options = options;
  }

  /** Whether it is consumed, or is just being so. */
  consumes(queue: string): boolean {
    return this.#consumed.has(queue);
  }

  /** What could not be consumed though it was tried; empty when all is well. */
  get hung(): readonly string[] {
    return [...this.#hung];
  }

  /** There is a new channel, with no consumers. */
  opened(on: ConsumingChannel): void {
    this.#on = on;
    this.#prefetch = 0;
    void this.review();
  }

  /** The channel is gone, with its consumers. */
  lost(): void {
    this.#on = undefined;
    this.#consumed.clear();
  }

  /** Looks what is wanted now. Resolves when that is so, or can't be on this channel. */
  review(): Promise<void> {
    this.#running ??= this.#untilAsWanted().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #untilAsWanted(): Promise<void> {
    // What asks for it may have more to say in the same turn.
    await Promise.resolve();
    for (;;) {
      const [on, wanted] = [this.#on, this.#options.wanted()];
      if (on === undefined || wanted === undefined) return;
      for (const queue of this.#hung) if (!wanted.has(queue)) this.#hung.delete(queue);
      const ended = [...this.#consumed.keys()].find((queue) => !wanted.has(queue));
      const begun = this.#inOrder.find((queue) => wanted.has(queue) && this.#isFree(queue));
      const queue = ended ?? begun;
      if (queue === undefined) return;
      try {
        await inTime(
          ended === undefined ? this.#begin(queue, on) : this.#end(queue, on),
          ANSWER_MS,
          `consuming ${queue}`,
        );
      } catch (err) {
        if (this.#on !== on) continue;
        this.#hung.add(queue);
        this.#options.log.error({ err, queue }, 'queue can not be consumed');
        on.rebuild((err as Error).message);
        return;
      }
      this.#options.changed();
    }
  }

  get #inOrder(): readonly string[] {
    const { queues } = this.#options;
    return this.#hung.size === 0 ? queues : [...queues.filter((queue) => !this.#hung.has(queue)), ...this.#hung];
  }

  #isFree(queue: string): boolean {
    return !this.#consumed.has(queue) && !this.#taken.has(queue) && this.#options.isFree(queue);
  }

  /**
   * Whoever was not heard of is seen here: a consumer counts until the last of its deliveries is acknowledged. A second one
   * would become active when the first is cancelled, which still works on what it has (RabbitMQ 3.10).
   */
  async #begin(queue: string, on: ConsumingChannel): Promise<void> {
    const { name, deliver, prefetchOf } = this.#options;
    const { consumerCount } = await on.channel.checkQueue(queue);
    if (consumerCount > 0) this.#lookAgain(queue);
    if (consumerCount > 0 || this.#on !== on) return;
    const prefetch = prefetchOf(queue);
    // Never the same tag twice: RabbitMQ 3.10 ends the connection when a consumer that still has messages comes again.
    const consumerTag = `${name} ${queue} ${++this.#begun}`;
    // Deliveries may come before the answer does.
    this.#consumed.set(queue, consumerTag);
    if (this.#prefetch !== prefetch) await on.channel.prefetch(prefetch);
    this.#prefetch = prefetch;
    await on.channel.consume(queue, (message) => deliver(queue, message, on), { consumerTag });
    this.#hung.delete(queue);
  }

  #lookAgain(queue: string): void {
    this.#taken.add(queue);
    setTimeout(() => {
      this.#taken.delete(queue);
      this.#options.review();
    }, TAKEN_MS).unref();
  }

  async #end(queue: string, { channel }: ConsumingChannel): Promise<void> {
    await channel.cancel(this.#consumed.get(queue) ?? '');
    this.#consumed.delete(queue);
  }
}
