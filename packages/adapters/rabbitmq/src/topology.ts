import type { Channel } from 'amqplib';
import { PARTITIONS } from './partition.ts';

/** Takes every command; routing key `<context>.<CommandType>.<partition>`, or without the partition. */
export const COMMANDS = 'commands';
/** Takes what is set aside; the routing key is the parked queue's name. */
export const PARKED = 'parked';
/** Brings every command-service what each of them announces. */
export const MEMBERS = 'commands.members';

/** The queue of a partition: commands of one aggregate are all in the same one. */
export function partitionQueueOf(context: string, partition: number): string {
  return `commands.${context}.${partition}`;
}

/** The queue of commands whose publisher named no partition: each is forwarded to its own. */
export function incomingQueueOf(context: string): string {
  return `commands.${context}.incoming`;
}

/** All queues that a context's commands wait in. */
export function commandQueuesOf(context: string): readonly string[] {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partitionQueueOf(context, partition));
  return [incomingQueueOf(context), ...partitions];
}

/** The queue of a context's commands that a person has to look at. */
export function parkedQueueOf(context: string): string {
  return `commands.${context}.parked`;
}

/** The routing key of a command. @param partition left out by who does not know it */
export function routingKeyOf(context: string, type: string, partition?: number): string {
  return partition === undefined ? `${context}.${type}` : `${context}.${type}.${partition}`;
}

/** RabbitMQ 4 defaults to 20, RabbitMQ 3 to no limit; said outright, both do the same, and agree on the declaration. */
const DELIVERY_LIMIT = 20;

/** Reading a parked message and putting it back counts as a delivery: no amount of looking may drop it. -1 is refused or misread by RabbitMQ 3. */
const NO_DELIVERY_LIMIT = 1_000_000;

/**
 * How long a deleted queue is left deleted, milliseconds. A quorum queue declared again within 40 ms (measured on
 * RabbitMQ 3.10) takes the place of the old one before its consumers are told: they count as consumers of the new
 * queue, and never get a message from it.
 */
export const DELETION_NOTICE_MS = 500;

/** Declares all that the contexts need. Harmless when it is there already. */
export async function declareTopology(channel: Channel, contexts: readonly string[]): Promise<void> {
  for (const context of contexts) await declareContext(channel, context);
}

/**
 * The application parks by decision; dead-lettering is only for what kills its consumer again and again.
 * At-least-once dead-lettering works only where overflow is `reject-publish`.
 * Who consumes is agreed among the command-services; the single active consumer keeps order while they disagree.
 */
async function declareContext(channel: Channel, context: string): Promise<void> {
  const parkedQueue = parkedQueueOf(context);
  const options = {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-single-active-consumer': true,
      'x-delivery-limit': DELIVERY_LIMIT,
      'x-dead-letter-exchange': PARKED,
      'x-dead-letter-routing-key': parkedQueue,
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  };
  await channel.assertExchange(COMMANDS, 'topic', { durable: true });
  await channel.assertExchange(PARKED, 'direct', { durable: true });
  await channel.assertQueue(parkedQueue, {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': NO_DELIVERY_LIMIT },
  });
  await channel.bindQueue(parkedQueue, PARKED, parkedQueue);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const queue = partitionQueueOf(context, partition);
    await channel.assertQueue(queue, options);
    await channel.bindQueue(queue, COMMANDS, routingKeyOf(context, '*', partition));
  }
  await channel.assertQueue(incomingQueueOf(context), options);
  await channel.bindQueue(incomingQueueOf(context), COMMANDS, routingKeyOf(context, '*'));
}
