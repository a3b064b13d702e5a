export { connectParkedCommands } from './connect-parked-commands.ts';
export { connectRabbitmq, type RabbitmqOptions } from './connect-rabbitmq.ts';
export { COMMANDS, commandQueueOf, parkedQueueOf } from './topology.ts';
