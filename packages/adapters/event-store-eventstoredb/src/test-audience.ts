import type { EventStore, RecordedEvent, Subscription, SubscriptionOptions } from '@daybook/core';
import { eventually, freshContext, nameOf, newEvents } from '@daybook/test-support';
import { atEnd } from './test-support.ts';

/** A context of a test's own, and a group on its feed. */
export class Audience {
  readonly context = freshContext();

  stream(entity: number | string): string {
    return `${this.context}-Thing-${entity}`;
  }

  /** Revisions `from` to `to` - 1 of entities 0 to `entities` - 1. */
  async appendMany(store: EventStore, entities: number, from: number, to: number): Promise<void> {
    for (let n = from; n < to; n++) {
      const appends = Array.from({ length: entities }, (_, entity) =>
        store.append(this.stream(entity), n === 0 ? 'no-stream' : n - 1, newEvents(1)),
      );
      await Promise.all(appends);
    }
  }

  /** A consumer that notes what it sees, unless it has a handler of its own. */
  async subscribe(
    store: EventStore,
    more: Partial<SubscriptionOptions> = {},
  ): Promise<{ seen: RecordedEvent[]; consumer: Subscription }> {
    const seen: RecordedEvent[] = [];
    const handle = async (events: readonly RecordedEvent[]) => void seen.push(...events);
    const options = { group: 'group', context: this.context, handle, retryDelayMs: 50, ...more };
    const consumer = await store.subscribe(options);
    atEnd(() => consumer.stop());
    return { seen, consumer };
  }

  async settled(store: EventStore): Promise<void> {
    await eventually('no lag', async () => (await store.groupStatus('group', this.context)).lag === 0);
  }
}

/** How many events there are, repeats not counted. */
export const different = (seen: readonly RecordedEvent[]) => new Set(seen.map(nameOf)).size;

/** The first deliveries of each entity come in order, whatever is repeated. */
export function expectFirstsInOrder(seen: readonly RecordedEvent[]): void {
  const last = new Map<string, number>();
  for (const { streamId, revision } of seen) {
    const before = last.get(streamId) ?? -1;
    expect(revision).toBeLessThanOrEqual(before + 1);
    last.set(streamId, Math.max(before, revision));
  }
}
