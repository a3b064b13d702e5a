import { randomUUID } from 'node:crypto';
import {
  type BoundedContext,
  type CommandBus,
  type CommandMessage,
  type Log,
  type Reply,
  Unavailable,
} from '@daybook/core';
import { bounded, inTime } from './bounded.ts';
import { openConnection } from './connection.ts';
import { type ContextConsumer, startConsumer } from './consumer.ts';
import { Membership } from './membership.ts';
import { partitionOfCommand } from './partition.ts';
import { DIRECT_REPLY_TO, Publisher } from './publisher.ts';
import { outcomeUnknown, Replies } from './replies.ts';
import { ReplyAddresses } from './reply-addresses.ts';
import { commandToSend, type Outgoing } from './wire.ts';

/** How long a ping waits for the broker, milliseconds. */
const PING_TIMEOUT_MS = 2_000;

/** How to reach the broker, and what for. Times in milliseconds. */
export interface RabbitmqOptions {
  /** `amqp://user:password@host:port/vhost`; the heartbeat is 10 seconds unless it says otherwise. */
  readonly url: string;
  /**
   * Bounded contexts whose queues are declared, so that commands wait there though no service runs yet, and whose commands
   * are sent to the partition of their aggregate. Commands of others are sent without, for a command-service to forward.
   */
  readonly contexts: readonly Pick<BoundedContext, 'name' | 'commands'>[];
  readonly log: Log;
  /** AMQP `app_id` of what is published: the service's name. */
  readonly appId?: string;
  /** Commands begun at once, of each context. As many again may have been delivered, and wait. */
  readonly prefetch?: number;
  /** Until an unconfirmed publication is given up. */
  readonly publishTimeoutMs?: number;
  /** Until an unconfirmed publication is repeated on a new channel. */
  readonly confirmTimeoutMs?: number;
  /** How long `close` waits for what is under way. */
  readonly closeTimeoutMs?: number;
}

/**
 * The command bus on RabbitMQ. Waits until the broker is up, and comes back by itself after every kind of loss.
 * @throws Error when the broker refuses the credentials, or holds a queue of the same name but other arguments
 */
export async function connectRabbitmq(options: RabbitmqOptions): Promise<CommandBus> {
  const { url, contexts, log, appId, prefetch = 256 } = options;
  const { publishTimeoutMs = 30_000, confirmTimeoutMs = 10_000, closeTimeoutMs = 5_000 } = options;
  const known = new Map(contexts.map((context) => [context.name, context]));
  const connection = await openConnection(url, [...known.keys()], log);
  const replies = new Replies(log);
  const publisher = await Publisher.open(connection, log, confirmTimeoutMs, (message) => replies.take(message));
  const addresses = new ReplyAddresses(url, log);
  const consumers: ContextConsumer[] = [];
  let joining: Promise<Membership> | undefined;

  function outgoing(message: CommandMessage, reply?: { replyTo: string; requestId: string }): Outgoing {
    const { command, commandId } = message;
    const context = known.get(message.context);
    const partition = context && partitionOfCommand(context, { type: command.type, data: command.data, commandId });
    return commandToSend(message, { partition, appId, ...reply });
  }

  function request(command: CommandMessage, timeoutMs: number): Promise<Reply> {
    const requestId = randomUUID();
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        forget();
        publisher.drop(sending);
      };
      const timer = setTimeout(() => {
        end();
        reject(outcomeUnknown(command.commandId, timeoutMs));
      }, timeoutMs);
      const forget = replies.expect(requestId, (reply) => {
        end();
        resolve(reply);
      });
      const sending = publisher.send(outgoing(command, { replyTo: DIRECT_REPLY_TO, requestId }), {
        awaitsReply: true,
        confirmed() {},
        failed(error) {
          clearTimeout(timer);
          forget();
          reject(error);
        },
      });
    });
  }

  return {
    publish: async (command) => publisher.publish(outgoing(command), publishTimeoutMs),
    request: (command, { timeoutMs }) => request(command, timeoutMs),
    async consume(name, handle) {
      const context = known.get(name);
      if (context === undefined) throw new Error(`the bus was connected without the context '${name}'`);
      joining ??= Membership.open(connection, log);
      const membership = await joining;
      const parts = { connection, membership, publisher, addresses, log, context, handle, prefetch };
      const consumer = await startConsumer({ ...parts, confirmedWithinMs: publishTimeoutMs });
      consumers.push(consumer);
      return consumer;
    },
    async ping() {
      if (!connection.connected || !publisher.ready) throw new Unavailable('RabbitMQ', 'not connected');
      if (connection.blocked) throw new Unavailable('RabbitMQ', 'it is short of memory or disk, and takes no messages');
      await inTime(connection.checkExchanges(), PING_TIMEOUT_MS, 'RabbitMQ’s answer').catch((error) => {
        throw new Unavailable('RabbitMQ', error);
      });
      if (consumers.length > 0) (await joining)?.ping();
      for (const consumer of consumers) consumer.ping();
    },
    async close() {
      await bounded(Promise.all(consumers.map((consumer) => consumer.stop())), closeTimeoutMs);
      await (await joining)?.close();
      await publisher.close(closeTimeoutMs);
      await addresses.close();
      await connection.close();
    },
  };
}
