import { type CommandBus, Unavailable } from '@daybook/core';
import { CommandConsumer } from './command-consumer.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** A process's way to the broker: publishing with confirms, consuming with acknowledgements. */
export function commandBusOf(world: World, process: Process): CommandBus {
  return {
    publish: (command) =>
      world.network.call(process, {
        server: 'broker',
        label: `publishes ${command.command.type} ${command.commandId}`,
        changes: true,
        effect: () => {
          if (!world.published.has(command.commandId)) world.published.set(command.commandId, command);
          world.broker.enqueue(command);
        },
      }),
    request: () => Promise.reject(new Unavailable('the outcome', 'the clients here wait by themselves')),
    consume: async (_context, handle) => new CommandConsumer(world, process, handle),
    ping: async () => {},
    close: async () => {},
  };
}
