import type { Channel } from 'amqplib';

/** Takes every command; routing key `<context>.<CommandType>`. */
export const COMMANDS = 'commands';
/** Takes what is set aside; the routing key is the parked queue's name. */
export const PARKED = 'parked';

/** The queue a bounded context's commands wait in. */
export function commandQueueOf(context: string): string {
  return `commands.${context}`;
}

/** The queue of a context's commands that a person has to look at. */
export function parkedQueueOf(context: string): string {
  return `commands.${context}.parked`;
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
 */
async function declareContext(channel: Channel, context: string): Promise<void> {
  const queue = commandQueueOf(context);
  const parkedQueue = parkedQueueOf(context);
  await channel.assertExchange(COMMANDS, 'topic', { durable: true });
  await channel.assertExchange(PARKED, 'direct', { durable: true });
  await channel.assertQueue(parkedQueue, {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': NO_DELIVERY_LIMIT },
  });
  await channel.bindQueue(parkedQueue, PARKED, parkedQueue);
  await channel.assertQueue(queue, {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': DELIVERY_LIMIT,
      'x-dead-letter-exchange': PARKED,
      'x-dead-letter-routing-key': parkedQueue,
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  });
  await channel.bindQueue(queue, COMMANDS, `${context}.#`);
}
