import {
  type BoundedContext,
  type CommandBus,
  type EventStore,
  groupOfProcessManager,
  react,
  type Subscription,
} from '@daybook/core';

/** What the service works with. */
export interface ProcessManagerServiceParts {
  readonly contexts: readonly BoundedContext[];
  readonly store: EventStore;
  readonly bus: CommandBus;
}

/** Sends the follow-up commands of every process manager, each a group of its own. @throws Unavailable */
export async function startProcessManagers({
  contexts,
  store,
  bus,
}: ProcessManagerServiceParts): Promise<Subscription> {
  const subscriptions: Subscription[] = [];
  for (const context of contexts) {
    for (const manager of context.processManagers) {
      const subscription = await store.subscribe({
        group: groupOfProcessManager(manager),
        context: context.name,
        handle: (events) => react(context.name, manager, events, (command) => bus.publish(command)),
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
