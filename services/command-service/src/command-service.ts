import { setMaxListeners } from 'node:events';
import {
  type AggregateCacheOptions,
  type BoundedContext,
  type Clock,
  type CommandBus,
  type CommandHandler,
  type CommandMiddleware,
  type Consumer,
  createCommandHandler,
  type EventStore,
  type Log,
} from '@daybook/core';
import { logOutcome } from './log-outcome.ts';

/** What the service works with. */
export interface CommandServiceDependencies {
  readonly contexts: readonly BoundedContext[];
  readonly bus: CommandBus;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly cache?: AggregateCacheOptions;
  /** The app's own code around every decision, the first one outermost. */
  readonly middleware?: readonly CommandMiddleware[];
  /** Milliseconds that commands in hand may take once the service was asked to stop. */
  readonly graceMs?: number;
}

/** Decides the commands of every context. @throws Unavailable */
export async function startCommandService(parts: CommandServiceDependencies): Promise<Consumer> {
  const { contexts, bus, store, clock, log, cache = {}, middleware = [], graceMs = 5000 } = parts;
  const stopping = new AbortController();
  // Hundreds of commands may wait for the store, each until this; Node would take more than ten for a leak.
  setMaxListeners(0, stopping.signal);
  const consumers: Consumer[] = [];
  for (const context of contexts) {
    const handle = createCommandHandler({
      ...{ context, store, clock, log, cache, middleware },
      signal: stopping.signal,
    });
    consumers.push(await bus.consume(context.name, logged(handle, log)));
  }
  return { stop: () => stopAll(consumers, stopping, clock, graceMs) };
}

function logged(handle: CommandHandler, log: Log): CommandHandler {
  return async (received) => {
    const handled = await handle(received);
    logOutcome(log, received, handled);
    return handled;
  };
}

/**
 * What is in hand is finished. A command that still waits for a store when the grace is over gives up:
 * it was not answered, so it stays with the broker.
 */
async function stopAll(
  consumers: readonly Consumer[],
  stopping: AbortController,
  clock: Clock,
  graceMs: number,
): Promise<void> {
  const finished = new AbortController();
  const stopped = Promise.all(consumers.map((consumer) => consumer.stop())).finally(() => finished.abort());
  void clock.sleep(graceMs, finished.signal).then(() => stopping.abort());
  await stopped;
}
