import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import amqp from 'amqplib';

/** A command to publish, and where. */
export interface Publication {
  readonly type: string;
  readonly data: object;
}

/** How a row of publications went. */
interface Published {
  readonly seconds: number;
  /** Publish to reply, milliseconds, in the order of the replies. */
  readonly latencies: readonly number[];
  /** Replies other than accepted. */
  readonly refused: number;
}

/** A publisher with a connection of its own: durable messages, confirms, replies. Plain amqplib, as anybody would write it. */
export interface Publisher {
  /** Publishes and awaits all replies, so many outstanding at any time. */
  closed(commands: readonly Publication[], inFlight: number): Promise<Published>;
  /** Publishes at a fixed rate, whatever the replies do; each latency counts from when it was due. */
  open(commands: readonly Publication[], perSecond: number): Promise<Published>;
  close(): Promise<void>;
}

/** @param routingKeyOf by the type of a command */
export async function connectPublisher(
  url: string,
  exchange: string,
  routingKeyOf: (type: string) => string,
): Promise<Publisher> {
  const connection = await amqp.connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  const waiting = new Map<string, (reply: Buffer) => void>();
  await channel.consume(
    'amq.rabbitmq.reply-to',
    (message) => {
      const id = message?.properties.correlationId as string;
      waiting.get(id)?.(message?.content as Buffer);
      waiting.delete(id);
    },
    { noAck: true },
  );

  function publish({ type, data }: Publication, onReply: (reply: Buffer) => void): void {
    const messageId = randomUUID();
    waiting.set(messageId, onReply);
    channel.publish(exchange, routingKeyOf(type), Buffer.from(JSON.stringify(data)), {
      type,
      messageId,
      correlationId: messageId,
      replyTo: 'amq.rabbitmq.reply-to',
      persistent: true,
      mandatory: true,
    });
  }

  return {
    closed: (commands, inFlight) =>
      new Promise((resolve) => {
        const count = tally(commands.length, resolve);
        let next = 0;
        const more = () => {
          const command = commands[next++];
          const since = performance.now();
          if (command === undefined) return;
          publish(command, (reply) => {
            count(reply, since);
            more();
          });
        };
        for (let n = 0; n < inFlight; n++) more();
      }),
    open: (commands, perSecond) =>
      new Promise((resolve) => {
        const count = tally(commands.length, resolve);
        const began = performance.now();
        let next = 0;
        const timer = setInterval(() => {
          const due = Math.min(commands.length, Math.floor(((performance.now() - began) / 1000) * perSecond));
          for (; next < due; next++) {
            const since = began + (1000 * (next + 1)) / perSecond;
            publish(commands[next] as Publication, (reply) => count(reply, since));
          }
          if (next === commands.length) clearInterval(timer);
        }, 1);
      }),
    close: () => connection.close(),
  };
}

const ACCEPTED = Buffer.from('"accepted"');

/** @returns what to call with each reply, and when its command was due, by performance.now() */
function tally(total: number, done: (published: Published) => void): (reply: Buffer, since: number) => void {
  const began = performance.now();
  const latencies: number[] = [];
  let refused = 0;
  return (reply, since) => {
    latencies.push(performance.now() - since);
    if (!reply.includes(ACCEPTED)) refused++;
    if (latencies.length === total) done({ seconds: (performance.now() - began) / 1000, latencies, refused });
  };
}
