import type { ConsumeMessage } from 'amqplib';
import type { ConsumingChannel } from './queue-consumers.ts';

/** A delivery, with the channel it must be acknowledged on. */
export interface Delivery {
  readonly queue: string;
  readonly message: ConsumeMessage;
  readonly on: ConsumingChannel;
}

/** What becomes of deliveries. */
export interface Handling {
  /** So many are begun at once. */
  readonly limit: number;
  /** Their bodies have no more bytes together, unless there is but one. */
  readonly maxBytes: number;
  /** While it says so, none is begun. */
  paused(): boolean;
  /** Runs up to its first wait at once, so that commands reach their keyedQueue in the order they came. Never throws. */
  handle(delivery: Delivery): Promise<void>;
  /** Nothing of this queue is left. */
  emptied(queue: string): void;
}

/**
 * Deliveries that have come: begun in their order, as many at once as may be. What a lost channel delivered and was begun
 * counts on: else each reconnection would add as many again, for as long as the handler has to wait.
 */
export class InHand {
  readonly #handling: Handling;
  readonly #perQueue = new Map<string, number>();
  #waiting: Delivery[] = [];
  #begun = 0;
  #begunBytes = 0;
  #whenIdle = () => {};

  constructor(handling: Handling) {
    this.#handling = handling;
  }

  add(delivery: Delivery): void {
    this.#perQueue.set(delivery.queue, (this.#perQueue.get(delivery.queue) ?? 0) + 1);
    this.#waiting.push(delivery);
    this.begin();
  }

  /** Begins what may be begun. */
  begin(): void {
    while (this.#begun < this.#handling.limit && !this.#handling.paused()) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const bytes = next.message.content.length;
      if (this.#begun > 0 && this.#begunBytes + bytes > this.#handling.maxBytes) return;
      this.#waiting.shift();
      this.#begun++;
      this.#begunBytes += bytes;
      void this.#handling.handle(next).then(() => {
        this.#begun--;
        this.#begunBytes -= bytes;
        this.#done(next.queue);
        this.begin();
        if (this.#begun === 0) this.#whenIdle();
      });
    }
  }

  /** Forgets what was not begun: it is the broker's again. */
  dropWaiting(): void {
    const dropped = this.#waiting;
    this.#waiting = [];
    for (const { queue } of dropped) this.#done(queue);
  }

  /** Whether something is in hand from this queue. */
  has(queue: string): boolean {
    return this.#perQueue.has(queue);
  }

  /** Resolves when nothing is begun. */
  async idle(): Promise<void> {
    if (this.#begun === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  #done(queue: string): void {
    const left = (this.#perQueue.get(queue) ?? 0) - 1;
    if (left > 0) this.#perQueue.set(queue, left);
    else if (this.#perQueue.delete(queue)) this.#handling.emptied(queue);
  }
}
