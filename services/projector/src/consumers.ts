import {
  type AppConsumer,
  type Clock,
  type ConsumerHost,
  consumeFeed,
  type EventStore,
  isSqlConsumer,
  type Log,
  type RunningConsumer,
} from '@daybook/core';

/** What the app's own consumers need. */
export interface ConsumerDependencies {
  readonly consumers: readonly AppConsumer[];
  readonly host: ConsumerHost;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs every consumer of the app that no other process runs, and stands by for the others. */
export function startConsumers({ consumers, host, ...dependencies }: ConsumerDependencies): RunningConsumer {
  const running = consumers.map((consumer) =>
    consumeFeed({
      ...dependencies,
      consumer: isSqlConsumer(consumer) ? host.bind(consumer) : consumer,
      hold: (name, signal) => host.hold(name, signal),
    }),
  );
  return {
    async check() {
      await Promise.all(running.map((one) => one.check()));
    },
    async stop() {
      await Promise.all(running.map((one) => one.stop()));
    },
  };
}
