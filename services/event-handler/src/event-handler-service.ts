import {
  type BoundedContext,
  type Clock,
  type EffectCarriers,
  type EventStore,
  groupOfEventHandler,
  handleEvents,
  MAIL,
  type Mailer,
  type Subscription,
} from '@daybook/core';

/** What the service works with. */
export interface EventHandlerDependencies {
  readonly contexts: readonly BoundedContext[];
  readonly store: EventStore;
  readonly mailer: Mailer;
  readonly clock: Clock;
  /** How the app carries out effects beside mail, by kind. */
  readonly effects?: EffectCarriers;
  /** Milliseconds that an effect in hand may take once the service was asked to stop. */
  readonly graceMs?: number;
}

/** Carries out the side effects of every event handler, each a group of its own. @throws Unavailable */
export async function startEventHandlers(parts: EventHandlerDependencies): Promise<Subscription> {
  const { contexts, store, mailer, clock, effects: carriers = {}, graceMs = 5000 } = parts;
  const stopping = new AbortController();
  const dependencies = { store, mailer, clock, carriers, signal: stopping.signal };
  const subscriptions: Subscription[] = [];
  for (const context of contexts) {
    for (const handler of context.eventHandlers) {
      const subscription = await store.subscribe({
        group: groupOfEventHandler(handler),
        context: context.name,
        types: handler.reactsTo,
        handle: (events) => handleEvents(handler, events, dependencies),
      });
      subscriptions.push(subscription);
    }
  }
  return {
    async stop() {
      const stopped = new AbortController();
      const stop = Promise.all(subscriptions.map((subscription) => subscription.stop()));
      void clock.sleep(graceMs, stopped.signal).then(() => stopping.abort());
      await stop.finally(() => stopped.abort());
    },
  };
}

/** Whether any event handler may send mail: only then is a mail server needed. */
export function mayMail(contexts: readonly BoundedContext[]): boolean {
  return contexts.some(({ eventHandlers }) => eventHandlers.some(({ effects }) => effects.includes(MAIL)));
}
