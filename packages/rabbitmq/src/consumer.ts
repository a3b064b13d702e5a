import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import {
  type CommandHandler,
  type Consumer,
  type Log,
  MalformedMessage,
  type ParkReason,
  type Reply,
} from '@daybook/core';
import type { Channel, ConsumeMessage } from 'amqplib';
import { bounded } from './bounded.ts';
import type { Connection } from './connection.ts';
import type { Publisher } from './publisher.ts';
import { RecoveringChannel } from './recovering-channel.ts';
import { Settlements } from './settlements.ts';
import { commandQueueOf, DELETION_NOTICE_MS, declareTopology } from './topology.ts';
import { parkedCopy, receivedFrom, replyProperties } from './wire.ts';

const CANCEL_TIMEOUT_MS = 2_000;

/** What a consumer needs. */
export interface Consuming {
  readonly connection: Connection;
  /** Parks with its confirms; the consumer's own channel has none, so that replies cost none. */
  readonly publisher: Publisher;
  readonly log: Log;
  readonly context: string;
  readonly handle: CommandHandler;
  /** Deliveries in hand at once. */
  readonly prefetch: number;
  /** Milliseconds to get a parked message confirmed. */
  readonly parkTimeoutMs: number;
}

/** A delivery, with the channel it must be acknowledged on. */
interface Delivery {
  readonly channel: Channel;
  readonly settlements: Settlements;
  readonly message: ConsumeMessage;
  readonly rebuild: (reason: string) => void;
}

/** Takes a context's commands from its queue: handle, park if need be, acknowledge, reply. */
export async function startConsumer(consuming: Consuming): Promise<Consumer> {
  const { connection, publisher, log, context, handle, prefetch, parkTimeoutMs } = consuming;
  const queue = commandQueueOf(context);
  let consumerTag = '';
  /**
   * Not begun: the broker blocks this connection, so that neither acknowledgement nor reply would get through, or enough
   * is in hand. What a lost channel delivered is in hand as well: else each reconnection would add as many again, for as
   * long as the handler has to wait.
   */
  let held: Delivery[] = [];
  let inHand = 0;
  let stopping = false;
  let deleted = false;
  let whenIdle = () => {};

  connection.onUnblocked(takeHeld);

  const keeper = await RecoveringChannel.open(log, {
    name: `consumer of ${queue}`,
    create: () => connection.openChannel(),
    async setUp(channel, rebuild) {
      if (deleted) await sleep(DELETION_NOTICE_MS);
      deleted = false;
      await declareTopology(channel, [context]);
      await channel.prefetch(prefetch);
      const settlements = new Settlements(channel, (err) => log.debug({ err }, 'outcome not delivered'));
      const deliver = (message: ConsumeMessage | null) => {
        // RabbitMQ cancels a consumer whose queue is gone; amqplib says so with null.
        if (message === null) {
          deleted = true;
          rebuild('queue deleted');
          return;
        }
        settlements.delivered(message.fields.deliveryTag);
        if (stopping) return;
        held.push({ channel, settlements, message, rebuild });
        takeHeld();
      };
      if (!stopping) ({ consumerTag } = await channel.consume(queue, deliver));
    },
    lost() {
      held = [];
    },
  });

  function takeHeld(): void {
    while (!connection.blocked && inHand < prefetch) {
      const next = held.shift();
      if (next === undefined) return;
      void take(next);
    }
  }

  /** Runs up to the handler's first wait at once, so that commands reach their mailboxes in the order they came. */
  async function take(delivery: Delivery): Promise<void> {
    inHand++;
    try {
      const { reply, park } = await handle(receivedFrom(delivery.message));
      if (park === undefined) settle(delivery, reply);
      else await setAside(delivery, reply, park);
    } catch (err) {
      log.warn({ err, message_id: delivery.message.properties.messageId }, 'command left with the broker');
    } finally {
      inHand--;
      takeHeld();
      if (inHand === 0) whenIdle();
    }
  }

  /** The copy is safe before the original is acknowledged: a crash between the two makes a second copy, never none. */
  async function setAside(delivery: Delivery, reply: Reply, reason: ParkReason): Promise<void> {
    const { message } = delivery;
    const fields = {
      message_id: message.properties.messageId,
      message_type: message.properties.type,
      code: reason.code,
    };
    try {
      await publisher.publish(parkedCopy(context, message, reason, new Date().toISOString()), parkTimeoutMs);
    } catch (err) {
      if (err instanceof MalformedMessage && err.code === 'unsendable') {
        log.error({ ...fields, err }, 'command dead-lettered without its reason');
        settle(delivery, reply, 'dead-letter');
        return;
      }
      log.error({ ...fields, err }, 'command could not be parked');
      delivery.rebuild('parking failed');
      return;
    }
    log.warn(fields, 'command parked');
    settle(delivery, reply);
  }

  function settle({ channel, settlements, message }: Delivery, reply: Reply, how: 'ack' | 'dead-letter' = 'ack'): void {
    const { replyTo } = message.properties;
    const { deliveryTag } = message.fields;
    const answer = replyTo
      ? () => channel.publish('', replyTo, Buffer.from(JSON.stringify(reply)), replyProperties(message))
      : undefined;
    if (how === 'ack') settlements.ack(deliveryTag, answer);
    else settlements.deadLetter(deliveryTag, answer);
  }

  async function stop(): Promise<void> {
    stopping = true;
    held = [];
    const channel = keeper.current;
    // A blocked connection is not read: the cancellation would not get through, and nothing is delivered either.
    if (channel && !connection.blocked) await bounded(channel.cancel(consumerTag), CANCEL_TIMEOUT_MS);
    if (inHand > 0) {
      await new Promise<void>((resolve) => {
        whenIdle = resolve;
      });
    }
    // The last acknowledgements and replies go out at the end of this turn.
    await turn();
    await keeper.close();
  }

  let stopped: Promise<void> | undefined;
  return {
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
