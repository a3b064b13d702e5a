import {
  type CommandBus,
  type CommandHandler,
  type CommandMessage,
  type Handled,
  type Log,
  type ReceivedCommand,
  type Reply,
  Unavailable,
} from '@daybook/core';

interface Waiting {
  readonly received: ReceivedCommand;
  resolve(handled: Handled): void;
}

/** Carries commands within this process. What is under way when it ends is gone: for tests, and for the embedded mode. */
export function createInMemoryCommandBus({ log }: { log: Log }): CommandBus {
  const waiting = new Map<string, Waiting[]>();
  const handlers = new Map<string, CommandHandler>();

  function deliver(context: string, { received, resolve }: Waiting, handle: CommandHandler): Promise<void> {
    return handle(received).then(
      (handled) => {
        if (handled.park !== undefined)
          log.warn({ ...handled.park, stack: undefined, context }, 'command parked in memory only');
        resolve(handled);
      },
      () => queue(context, { received, resolve }),
    );
  }

  function queue(context: string, one: Waiting): void {
    waiting.set(context, [...(waiting.get(context) ?? []), one]);
  }

  function send({ context, command, ...message }: CommandMessage, resolve: (handled: Handled) => void): void {
    const received: ReceivedCommand = {
      type: command.type,
      commandId: message.commandId,
      correlationId: message.correlationId,
      causationId: message.causationId,
      actor: message.actor,
      traceparent: message.traceparent,
      body: JSON.stringify(command.data),
    };
    const handle = handlers.get(context);
    if (handle === undefined) queue(context, { received, resolve });
    else void deliver(context, { received, resolve }, handle);
  }

  return {
    async publish(message) {
      send(message, () => {});
    },
    request: (message, { timeoutMs }) =>
      new Promise<Reply>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Unavailable('the outcome', `none within ${timeoutMs} ms`)),
          timeoutMs,
        );
        send(message, ({ reply }) => {
          clearTimeout(timer);
          resolve(reply);
        });
      }),
    async consume(context, handle) {
      const inHand = new Set<Promise<void>>();
      const tracked: CommandHandler = (received) => {
        const handled = handle(received);
        const settled = handled.then(
          () => {},
          () => {},
        );
        inHand.add(settled);
        void settled.then(() => inHand.delete(settled));
        return handled;
      };
      handlers.set(context, tracked);
      const before = waiting.get(context) ?? [];
      waiting.delete(context);
      for (const one of before) void deliver(context, one, tracked);
      return {
        async stop() {
          handlers.delete(context);
          await Promise.all(inHand);
        },
      };
    },
    async ping() {},
    async close() {},
  };
}
