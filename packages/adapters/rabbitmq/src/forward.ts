import { type BoundedContext, textOfBytes } from '@daybook/core';
import type { ConsumeMessage } from 'amqplib';
import { type Parking, park } from './handle-delivery.ts';
import type { Delivery } from './in-hand.ts';
import { partitionOfCommand } from './partition.ts';
import { cutToBytes } from './short-text.ts';
import { BEGUN_BY, cameTooOften } from './suspects.ts';
import { COMMANDS, partitionQueueOf, routingKeyOf } from './topology.ts';
import { copyOf, type Outgoing, refusalOf, unhandledReply } from './wire.ts';

/** What commands are forwarded with. */
export interface Forwarding extends Parking {
  readonly commands: BoundedContext['commands'];
}

/**
 * Sends a command on to its partition, and acknowledges it once it is safe there. The publisher keeps the order of the calls.
 * A crash between the two sends it twice, which is one command. Never throws.
 */
export async function forward(forwarding: Forwarding, delivery: Delivery): Promise<void> {
  const { context, commands, publisher, log, parkTimeoutMs } = forwarding;
  const { message, on } = delivery;
  const refused = refusalOf(message);
  if (refused !== undefined) {
    await park(forwarding, delivery, unhandledReply('invalid', message, refused), refused);
    return;
  }
  const fields = { message_id: message.properties.messageId, message_type: message.properties.type };
  try {
    await publisher.publish(forwarded({ name: context, commands }, message), parkTimeoutMs, on.lost);
    on.settlements.ack(message.fields.deliveryTag, undefined);
  } catch (err) {
    log.error({ ...fields, err }, 'command could not be forwarded');
    on.rebuild('forwarding failed');
  }
}

/**
 * The message as it was sent, with the partition in its routing key. What can't be read is sent on as well: it is refused
 * where everything is handled.
 */
export function forwarded(context: Pick<BoundedContext, 'name' | 'commands'>, message: ConsumeMessage): Outgoing {
  return sentAgain(context, message, cameTooOften(message) ? '' : undefined);
}

/** The same, with the command-services that have begun it, where there is a suspicion. */
export function sentAgain(
  context: Pick<BoundedContext, 'name' | 'commands'>,
  message: ConsumeMessage,
  begunBy: string | undefined,
): Outgoing {
  const { type, messageId: commandId } = message.properties;
  const partition = partitionOfCommand(context, { type, data: parsed(message.content), commandId });
  const { expiration, headers: received } = message.properties;
  const { headers, ...properties } = copyOf(message, 'forwarded');
  const before: unknown = received?.[BEGUN_BY];
  // None is added: those that are on it stay.
  const list = begunBy === '' && typeof before === 'string' ? before : (begunBy ?? before);
  return {
    exchange: COMMANDS,
    routingKey: routingKeyOf(context.name, wordOf(context.name, message), partition),
    context: context.name,
    queue: partitionQueueOf(context.name, partition),
    body: message.content,
    properties: {
      ...properties,
      ...(expiration !== undefined && { expiration }),
      mandatory: true,
      headers: { ...(headers as object), ...(list !== undefined && { [BEGUN_BY]: list }) },
    },
  };
}

/** With the context and the partition it is a routing key still. */
const MAX_WORD = 150;

/** The second word of its routing key; the key may be any, where it came by CC or straight to the queue. */
function wordOf(context: string, { fields, properties }: ConsumeMessage): string {
  const [first, word, partition, ...more] = fields.routingKey.split('.');
  const own = first === context && word !== undefined && more.length === 0 && /^\d*$/.test(partition ?? '');
  return cutToBytes(own ? word : String(properties.type).replaceAll('.', '_'), MAX_WORD);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(textOfBytes(body, 'the body'));
  } catch {
    return undefined;
  }
}
