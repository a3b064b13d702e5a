import { type CommandHandler, type Log, MalformedMessage, type ParkReason, type Reply } from '@daybook/core';
import type { Delivery } from './in-hand.ts';
import type { Publisher } from './publisher.ts';
import { parkedCopy, receivedFrom, replyProperties } from './wire.ts';

/** What a command is handled with. */
export interface DeliveryHandling {
  readonly context: string;
  readonly handle: CommandHandler;
  /** Parks with its confirms; the consumer's own channel has none, so that replies cost none. */
  readonly publisher: Publisher;
  readonly log: Log;
  /** Milliseconds to get a parked message confirmed. */
  readonly parkTimeoutMs: number;
}

/** Handles a command, parks it if need be, acknowledges, and replies. Never throws. */
export async function handleDelivery(handling: DeliveryHandling, delivery: Delivery): Promise<void> {
  const { handle, log } = handling;
  try {
    const { reply, park } = await handle(receivedFrom(delivery.message));
    if (park === undefined) settle(delivery, reply);
    else await setAside(handling, delivery, reply, park);
  } catch (err) {
    log.warn({ err, message_id: delivery.message.properties.messageId }, 'command left with the broker');
  }
}

/** The copy is safe before the original is acknowledged: a crash between the two makes a second copy, never none. */
async function setAside(
  { context, publisher, log, parkTimeoutMs }: DeliveryHandling,
  delivery: Delivery,
  reply: Reply,
  reason: ParkReason,
): Promise<void> {
  const { message } = delivery;
  const { messageId: message_id, type: message_type } = message.properties;
  const fields = { message_id, message_type, code: reason.code };
  try {
    await publisher.publish(parkedCopy(context, message, reason, new Date().toISOString()), parkTimeoutMs);
  } catch (err) {
    if (err instanceof MalformedMessage && err.code === 'unsendable') {
      log.error({ ...fields, err }, 'command dead-lettered without its reason');
      settle(delivery, reply, 'dead-letter');
      return;
    }
    log.error({ ...fields, err }, 'command could not be parked');
    delivery.on.rebuild('parking failed');
    return;
  }
  log.warn(fields, 'command parked');
  settle(delivery, reply);
}

function settle({ message, on }: Delivery, reply: Reply, how: 'ack' | 'dead-letter' = 'ack'): void {
  const { replyTo } = message.properties;
  const { deliveryTag } = message.fields;
  const answer = replyTo
    ? () => on.channel.publish('', replyTo, Buffer.from(JSON.stringify(reply)), replyProperties(message))
    : undefined;
  if (how === 'ack') on.settlements.ack(deliveryTag, answer);
  else on.settlements.deadLetter(deliveryTag, answer);
}
