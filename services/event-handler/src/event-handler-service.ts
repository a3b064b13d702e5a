import {
  type BoundedContext,
  type Clock,
  type EventStore,
  groupOfEventHandler,
  handleEvents,
  type Mailer,
  type Subscription,
} from '@daybook/core';

/** What the service works with. */
export interface EventHandlerServiceParts {
  readonly contexts: readonly BoundedContext[];
  readonly store: EventStore;
  readonly mailer: Mailer;
  readonly clock: Clock;
}

/** Carries out the side effects of every event handler, each a group of its own. @throws Unavailable */
export async function startEventHandlers(parts: EventHandlerServiceParts): Promise<Subscription> {
  const { contexts, store, mailer, clock } = parts;
  const subscriptions: Subscription[] = [];
  for (const context of contexts) {
    for (const handler of context.eventHandlers) {
      const subscription = await store.subscribe({
        group: groupOfEventHandler(handler),
        context: context.name,
        types: handler.reactsTo,
        handle: (events) => handleEvents(handler, events, { store, mailer, clock }),
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
