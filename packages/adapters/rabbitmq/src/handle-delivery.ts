import type { CommandHandler, Log, ParkReason, Reply } from '@daybook/core';
import type { Delivery } from './in-hand.ts';
import type { Publisher } from './publisher.ts';
import type { ReplyAddresses } from './reply-addresses.ts';
import { isSuspect, type Suspects } from './suspects.ts';
import { parkedCopy, receivedFrom, refusalOf, replyAddressOf, replyProperties, unhandledReply } from './wire.ts';

/** What a command is parked with. */
export interface Parking {
  readonly context: string;
  /** Parks with its confirms; the consumer's own channel has none, so that replies cost none. */
  readonly publisher: Publisher;
  readonly addresses: ReplyAddresses;
  readonly log: Log;
  /** Milliseconds to get a parked message confirmed. */
  readonly parkTimeoutMs: number;
}

/** What a command is handled with. */
export interface DeliveryHandling extends Parking {
  readonly handle: CommandHandler;
  readonly suspects: Suspects;
}

/** Handles a command, parks it if need be, acknowledges, and replies. Never throws. */
export async function handleDelivery(handling: DeliveryHandling, delivery: Delivery): Promise<void> {
  const { message } = delivery;
  const refused = refusalOf(message);
  if (refused !== undefined) {
    await park(handling, delivery, unhandledReply('invalid', message, refused), refused);
    return;
  }
  if (!isSuspect(message)) return handleUnsuspected(handling, delivery);
  const reason = await handling.suspects.take(delivery, () => handleUnsuspected(handling, delivery));
  if (reason !== undefined) await park(handling, delivery, unhandledReply('failed', message, reason), reason);
}

async function handleUnsuspected(handling: DeliveryHandling, delivery: Delivery): Promise<void> {
  const { handle, log } = handling;
  try {
    const { reply, park: reason } = await handle(receivedFrom(delivery.message));
    if (reason === undefined) settle(handling, delivery, reply);
    else await park(handling, delivery, reply, reason);
  } catch (err) {
    log.warn({ err, message_id: delivery.message.properties.messageId }, 'command left with the broker');
  }
}

/**
 * Sets a command aside, acknowledges it and replies. Never throws.
 * The copy is safe before the original is acknowledged: a crash between the two makes a second copy, never none.
 */
export async function park(parking: Parking, delivery: Delivery, reply: Reply, reason: ParkReason): Promise<void> {
  const { context, publisher, log, parkTimeoutMs } = parking;
  const { message } = delivery;
  const { messageId: message_id, type: message_type } = message.properties;
  const fields = { message_id, message_type, code: reason.code };
  try {
    const copy = parkedCopy(context, message, reason, new Date().toISOString());
    await publisher.publish(copy, parkTimeoutMs, delivery.on.lost);
  } catch (err) {
    log.error({ ...fields, err }, 'command could not be parked');
    delivery.on.rebuild('parking failed');
    return;
  }
  log.warn(fields, 'command parked');
  settle(parking, delivery, reply);
}

/** Acknowledges a command, and tells its outcome to whoever asked. */
function settle({ addresses }: Parking, { message, on }: Delivery, reply: Reply): void {
  const replyTo = replyAddressOf(message);
  const acknowledge = (answered: boolean) => {
    const answer = () =>
      on.channel.publish('', replyTo ?? '', Buffer.from(JSON.stringify(reply)), replyProperties(message));
    on.settlements.ack(message.fields.deliveryTag, answered ? answer : undefined);
  };
  const canTake = replyTo !== undefined && addresses.canTake(replyTo);
  if (typeof canTake === 'boolean') acknowledge(canTake);
  else void canTake.then(acknowledge);
}
