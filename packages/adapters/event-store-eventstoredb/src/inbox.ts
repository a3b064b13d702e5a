import type { RecordedEvent } from '@daybook/core';
import type { ResolvedEvent } from 'node-eventstore-client';

/** The subscription that an event came by. After a drop it is no longer alive, and the event comes again by another. */
export interface Source {
  readonly alive: boolean;
  /** Never throws. */
  acknowledge(events: readonly ResolvedEvent[]): void;
}

/** An event that was delivered and not yet acknowledged. Delivered again, it is still one, with the latest source. */
export interface Delivery {
  readonly event: RecordedEvent;
  readonly entityId: string;
  resolved: ResolvedEvent;
  source: Source;
}

/** What one consumer was given and has not finished: waiting, or in hand. No event is in it twice. */
export class Inbox {
  readonly #capacity: number;
  #waiting = new Map<number, Delivery>();
  readonly #inHand = new Map<number, Delivery>();

  /** @param capacity events; what comes beyond is not taken, so that the server delivers it again later */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The server delivers an event again when its timer has run out, also while it waits here or is being handled. */
  arrive(delivery: Delivery): void {
    const { position } = delivery.event;
    const known = this.#waiting.get(position) ?? this.#inHand.get(position);
    if (known !== undefined) {
      known.resolved = delivery.resolved;
      known.source = delivery.source;
    } else if (this.#waiting.size < this.#capacity) this.#waiting.set(position, delivery);
  }

  /** The next events, in the order of the feed: a redelivery may have come after what must follow it. */
  take(limit: number): Delivery[] {
    const batch = [...this.#waiting.values()].sort(byPosition).slice(0, limit);
    for (const delivery of batch) {
      this.#waiting.delete(delivery.event.position);
      this.#inHand.set(delivery.event.position, delivery);
    }
    return batch;
  }

  /** Done: acknowledged, by the latest source of each. */
  finish(deliveries: readonly Delivery[]): void {
    const bySource = new Map<Source, ResolvedEvent[]>();
    for (const delivery of deliveries) {
      this.#inHand.delete(delivery.event.position);
      const events = bySource.get(delivery.source);
      if (events === undefined) bySource.set(delivery.source, [delivery.resolved]);
      else events.push(delivery.resolved);
    }
    for (const [source, events] of bySource) source.acknowledge(events);
  }

  /** Not handled after all: they wait again. Those of a source that is gone come again by themselves. */
  putBack(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      this.#inHand.delete(delivery.event.position);
      if (delivery.source.alive) this.#waiting.set(delivery.event.position, delivery);
    }
  }

  /** The connection is lost: what waits is delivered again, perhaps to another consumer. */
  forgetWaiting(): void {
    this.#waiting = new Map([...this.#waiting].filter(([, { source }]) => source.alive));
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }
}

const byPosition = (one: Delivery, other: Delivery) => one.event.position - other.event.position;
