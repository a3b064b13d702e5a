import {
  applyProjection,
  type BoundedContext,
  type EventStore,
  groupOfProjection,
  type ReadStore,
  type Subscription,
} from '@daybook/core';

/** What the service works with. */
export interface ProjectorParts {
  readonly contexts: readonly BoundedContext[];
  readonly store: EventStore;
  readonly rows: ReadStore;
  /** The most events folded in one go. */
  readonly batchSize?: number;
}

/** Keeps every read model up to date, each a group of its own. @throws Unavailable */
export async function startProjector({
  contexts,
  store,
  rows,
  batchSize = 500,
}: ProjectorParts): Promise<Subscription> {
  const subscriptions: Subscription[] = [];
  for (const context of contexts) {
    for (const projection of context.projections) {
      const subscription = await store.subscribe({
        group: groupOfProjection(projection),
        context: context.name,
        handle: (events) => applyProjection(projection, events, { rows, store }),
        batchSize,
      });
      subscriptions.push(subscription);
    }
  }
  return {
    async stop() {
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
    },
  };
}
