import { type BoundedContext, type Log, MalformedMessage } from '@daybook/core';
import type { ConsumeMessage } from 'amqplib';
import type { Delivery } from './in-hand.ts';
import { partitionOfCommand } from './partition.ts';
import type { Publisher } from './publisher.ts';
import { COMMANDS, partitionQueueOf, routingKeyOf } from './topology.ts';
import { copyOf, type Outgoing } from './wire.ts';

/** What commands are forwarded with. */
export interface Forwarding {
  readonly context: Pick<BoundedContext, 'name' | 'commands'>;
  readonly publisher: Publisher;
  readonly log: Log;
  /** Milliseconds to get a message confirmed. */
  readonly timeoutMs: number;
}

/**
 * Sends a command on to its partition, and acknowledges it once it is safe there. The publisher keeps the order of the calls.
 * A crash between the two sends it twice, which is one command. Never throws.
 */
export async function forward(forwarding: Forwarding, delivery: Delivery): Promise<void> {
  const { context, publisher, log, timeoutMs } = forwarding;
  const { message, on } = delivery;
  const fields = { message_id: message.properties.messageId, message_type: message.properties.type };
  try {
    await publisher.publish(forwarded(context, message), timeoutMs);
    on.settlements.ack(message.fields.deliveryTag, undefined);
  } catch (err) {
    if (err instanceof MalformedMessage && err.code === 'unsendable') {
      log.error({ ...fields, err }, 'command dead-lettered: it can not be forwarded');
      on.settlements.deadLetter(message.fields.deliveryTag, undefined);
      return;
    }
    log.error({ ...fields, err }, 'command could not be forwarded');
    on.rebuild('forwarding failed');
  }
}

/**
 * The message as it was sent, with the partition in its routing key. What can't be read is sent on as well: it is refused
 * where everything is handled.
 */
export function forwarded(context: Forwarding['context'], message: ConsumeMessage): Outgoing {
  const { type, messageId: commandId } = message.properties;
  const partition = partitionOfCommand(context, { type, data: parsed(message.content), commandId });
  const { expiration } = message.properties;
  return {
    exchange: COMMANDS,
    routingKey: routingKeyOf(context.name, wordOf(context.name, message), partition),
    context: context.name,
    queue: partitionQueueOf(context.name, partition),
    body: message.content,
    properties: { ...copyOf(message, 'forwarded'), ...(expiration !== undefined && { expiration }), mandatory: true },
  };
}

/** The second word of its routing key; the key may be any, where it came by CC or straight to the queue. */
function wordOf(context: string, { fields, properties }: ConsumeMessage): string {
  const [first, word, ...more] = fields.routingKey.split('.');
  if (first === context && word !== undefined && more.length === 0) return word;
  return String(properties.type).replaceAll('.', '_');
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
