export { connectParkedCommands } from './connect-parked-commands.ts';
export { connectRabbitmq, type RabbitmqOptions } from './connect-rabbitmq.ts';
export { PARTITIONS, partitionOf } from './partition.ts';
export {
  COMMANDS,
  commandQueuesOf,
  incomingQueueOf,
  parkedQueueOf,
  partitionQueueOf,
  routingKeyOf,
} from './topology.ts';
