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
  /** Publishes one. @returns once its reply is there, whether it was accepted */
  send(command: Publication): Promise<boolean>;
  close(): Promise<void>;
}

/** Connects. What no queue takes ends this process: its reply would be awaited for ever. */
export async function connectPublisher(
  url: string,
  exchange: string,
  routingKeyOf: (command: Publication) => string,
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

  channel.on('return', ({ fields }: { fields: { routingKey: string } }) => {
    throw new Error(`no queue takes ${fields.routingKey}`);
  });

  function publish(command: Publication, onReply: (reply: Buffer) => void): void {
    const { type, data } = command;
    const messageId = randomUUID();
    waiting.set(messageId, onReply);
    channel.publish(exchange, routingKeyOf(command), Buffer.from(JSON.stringify(data)), {
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
    send: (command) => new Promise((resolve) => publish(command, (reply) => resolve(reply.includes(ACCEPTED)))),
    close: () => connection.close(),
  };
}

const ACCEPTED = Buffer.from('"accepted"');

/** @returns what to call with each reply, and when its command was published, by performance.now() */
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
