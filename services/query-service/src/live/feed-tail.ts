import { AsyncSignal, type EventStore, type RecordedEvent } from '@daybook/core';

/** Events read at once. */
const PAGE = 500;
/** The latest events that are kept for those who come at their own pace. */
const KEPT = 2000;

/**
 * The end of a context's feed, read once for all who follow it, and only while somebody does. Who is far behind reads
 * from the store by itself, at its own pace.
 */
export class FeedTail {
  readonly #store: EventStore;
  readonly #context: string;
  readonly #pollMs: number;
  readonly #waker = new AsyncSignal();
  /** Every event after `#from`, up to `#head`. */
  #kept: RecordedEvent[] = [];
  #from = -1;
  #head = -1;
  #reading: Promise<void> | undefined;

  /** @param pollMs milliseconds between looks where nobody wakes it */
  constructor(store: EventStore, context: string, pollMs: number) {
    this.#store = store;
    this.#context = context;
    this.#pollMs = pollMs;
  }

  /** There may be something new. */
  wake(): void {
    this.#waker.wake();
  }

  /** @returns the next events after a position, in order; none after a while in which there were none. @throws Unavailable */
  async after(position: number): Promise<readonly RecordedEvent[]> {
    if (position < this.#from || position > this.#head) {
      const page = await this.#store.readFeed(this.#context, position, PAGE);
      if (page.length > 0) return page;
      // Nobody knows more than this: the tail begins here.
      if (position > this.#head) this.#begin(position);
    }
    const known = this.#after(position);
    if (known.length > 0) return known;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    return this.#after(position);
  }

  #after(position: number): readonly RecordedEvent[] {
    if (position < this.#from) return [];
    return this.#kept.filter((event) => event.position > position).slice(0, PAGE);
  }

  #begin(position: number): void {
    this.#kept = [];
    this.#from = position;
    this.#head = position;
  }

  async #read(): Promise<void> {
    const next = () => this.#store.readFeed(this.#context, this.#head, PAGE);
    let page = await next();
    if (page.length === 0) {
      await this.#waker.rest(this.#pollMs);
      page = await next();
    }
    this.#kept.push(...page);
    this.#head = page.at(-1)?.position ?? this.#head;
    const dropped = this.#kept.splice(0, Math.max(0, this.#kept.length - KEPT));
    this.#from = dropped.at(-1)?.position ?? this.#from;
  }
}
