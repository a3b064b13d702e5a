import { type CommandBus, type CommandMessage, type Consumer, type Log, type Reply, Unavailable } from '@daybook/core';
import { bounded } from './bounded.ts';
import { openConnection } from './connection.ts';
import { startConsumer } from './consumer.ts';
import { DIRECT_REPLY_TO, Publisher } from './publisher.ts';
import { outcomeUnknown, Replies } from './replies.ts';
import { commandToSend } from './wire.ts';

/** How to reach the broker, and what for. Times in milliseconds. */
export interface RabbitmqOptions {
  /** `amqp://user:password@host:port/vhost`; the heartbeat is 10 seconds unless it says otherwise. */
  readonly url: string;
  /** Bounded contexts whose queues are declared, so that commands wait there though no service runs yet. */
  readonly contexts: readonly string[];
  readonly log: Log;
  /** AMQP `app_id` of what is published: the service's name. */
  readonly appId?: string;
  /** Commands in hand at once, for each consumer. */
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
  const connection = await openConnection(url, contexts, log);
  const replies = new Replies(log);
  const publisher = await Publisher.open(connection, log, confirmTimeoutMs, (message) => replies.take(message));
  const consumers: Consumer[] = [];

  function request(command: CommandMessage, timeoutMs: number): Promise<Reply> {
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
      const forget = replies.expect(command.commandId, (reply) => {
        end();
        resolve(reply);
      });
      const sending = publisher.send(commandToSend(command, appId, DIRECT_REPLY_TO), {
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
    publish: async (command) => publisher.publish(commandToSend(command, appId), publishTimeoutMs),
    request: (command, { timeoutMs }) => request(command, timeoutMs),
    async consume(context, handle) {
      const parkTimeoutMs = publishTimeoutMs;
      const consumer = await startConsumer({ connection, publisher, log, context, handle, prefetch, parkTimeoutMs });
      consumers.push(consumer);
      return consumer;
    },
    async ping() {
      if (!connection.connected || !publisher.ready) throw new Unavailable('RabbitMQ', 'not connected');
      if (connection.blocked) throw new Unavailable('RabbitMQ', 'it is short of memory or disk, and takes no messages');
    },
    async close() {
      await bounded(Promise.all(consumers.map((consumer) => consumer.stop())), closeTimeoutMs);
      await publisher.close(closeTimeoutMs);
      await connection.close();
    },
  };
}
