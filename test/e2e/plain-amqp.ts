import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';

/** A client that knows nothing but AMQP and the README's wire format. */
export interface PlainClient {
  /** @returns the reply's JSON */
  send(type: string, data: unknown, more?: { messageId?: string | null; body?: string }): Promise<Reply>;
  /** @returns the next message of a queue, once there is one */
  take(queue: string): Promise<{ body: string; properties: amqp.MessageProperties }>;
  close(): Promise<void>;
}

/** A reply, loosely. */
interface Reply {
  readonly status: string;
  readonly command_id: string | null;
  readonly stream?: string;
  readonly revision?: number;
  readonly events?: { type: string; revision: number }[];
  readonly error?: { code: string; message: string; issues?: { path: string; message: string }[] };
}

export async function connectPlainClient(url: string): Promise<PlainClient> {
  const connection = await amqp.connect(url, { noDelay: true });
  connection.on('error', () => {});
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  const waiting = new Map<string, (reply: Reply) => void>();
  await channel.consume(
    'amq.rabbitmq.reply-to',
    (message) => {
      if (message === null) return;
      waiting.get(message.properties.correlationId)?.(JSON.parse(message.content.toString()) as Reply);
    },
    { noAck: true },
  );
  return {
    send(type, data, { messageId = randomUUID(), body = JSON.stringify(data) } = {}) {
      const correlationId = randomUUID();
      return new Promise((resolve) => {
        waiting.set(correlationId, resolve);
        channel.publish('commands', `loans.${type}`, Buffer.from(body), {
          type,
          ...(messageId === null ? {} : { messageId }),
          correlationId,
          replyTo: 'amq.rabbitmq.reply-to',
          contentType: 'application/json',
          persistent: true,
          headers: { actor: 'ann' },
        });
      });
    },
    async take(queue) {
      for (;;) {
        const message = await channel.get(queue, { noAck: true });
        if (message) return { body: message.content.toString(), properties: message.properties };
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close: () => connection.close(),
  };
}
