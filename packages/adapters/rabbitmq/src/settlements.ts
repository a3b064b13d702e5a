import type { Channel } from 'amqplib';

/** A delivery that is done with, and what goes out once it is acknowledged. */
interface Settled {
  readonly deliveryTag: number;
  readonly reply: (() => void) | undefined;
}

/**
 * Acknowledges a channel's deliveries, those that are done in one turn of the event loop together: commands that were
 * committed together cost the broker one acknowledgement. Replies follow theirs on the same channel, so that whoever sees
 * a reply knows that the command is off the queue.
 */
export class Settlements {
  readonly #channel: Channel;
  readonly #onError: (err: unknown) => void;
  /** Delivered and not acknowledged, in the order of their tags; whether they are done with. */
  readonly #open = new Map<number, boolean>();
  #settled: Settled[] = [];

  /** @param onError told when the channel is gone; the broker then delivers again what was not acknowledged */
  constructor(channel: Channel, onError: (err: unknown) => void) {
    this.#channel = channel;
    this.#onError = onError;
  }

  /** Must be told of every delivery, in the order they come: an acknowledgement of several covers all before it. */
  delivered(deliveryTag: number): void {
    this.#open.set(deliveryTag, false);
  }

  /** Acknowledges it soon, and then replies. */
  ack(deliveryTag: number, reply: (() => void) | undefined): void {
    this.#open.set(deliveryTag, true);
    if (this.#settled.push({ deliveryTag, reply }) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const settled = this.#settled;
    this.#settled = [];
    this.#attempt(() => {
      const upTo = this.#doneWithoutGap();
      if (upTo > 0) this.#channel.ack(messageOf(upTo), true);
      for (const { deliveryTag, reply } of settled) {
        if (deliveryTag > upTo) {
          this.#open.delete(deliveryTag);
          this.#channel.ack(messageOf(deliveryTag));
        }
        // Each for itself: one that can't be sent must not cost the others theirs.
        if (reply !== undefined) this.#attempt(reply);
      }
    });
  }

  /** Forgets the oldest deliveries as far as all of them are done with. @returns the tag of the last, 0 when there is none */
  #doneWithoutGap(): number {
    let last = 0;
    for (const [deliveryTag, done] of this.#open) {
      if (!done) break;
      this.#open.delete(deliveryTag);
      last = deliveryTag;
    }
    return last;
  }

  #attempt(send: () => void): void {
    try {
      send();
    } catch (err) {
      this.#onError(err);
    }
  }
}

/** amqplib wants the message, and reads its tag alone. */
function messageOf(deliveryTag: number): Parameters<Channel['ack']>[0] {
  return { fields: { deliveryTag } } as Parameters<Channel['ack']>[0];
}
