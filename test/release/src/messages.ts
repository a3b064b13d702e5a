import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import amqp from 'amqplib';

const REPLY_TIMEOUT_MS = 20_000;
const ROW_TIMEOUT_MS = 20_000;

/** A book, as the app that the generator makes knows it. */
export interface Book {
  readonly book_uuid: string;
  readonly name: string;
}

export const newBook = (name: string): Book => ({ book_uuid: randomUUID(), name });

/** Creates a book by HTTP. @throws Error unless the command is accepted */
export async function createByHttp(commandsUrl: string, book: Book): Promise<void> {
  const response = await fetch(`${commandsUrl}/commands/library/CreateBook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(book),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`CreateBook was answered ${response.status}: ${text}`);
  requireAccepted(text);
}

/** Creates a book by AMQP, with what the wire format says and nothing else. @throws Error unless it is accepted */
export async function createByAmqp(rabbitmqUrl: string, book: Book): Promise<void> {
  const connection = await amqp.connect(rabbitmqUrl);
  try {
    const channel = await connection.createChannel();
    const reply = new Promise<string>((resolve, reject) => {
      setTimeout(() => reject(new Error('no reply to CreateBook by AMQP')), REPLY_TIMEOUT_MS).unref();
      const take = (message: amqp.ConsumeMessage | null) => message && resolve(message.content.toString());
      channel.consume('amq.rabbitmq.reply-to', take, { noAck: true }).catch(reject);
    });
    channel.publish('commands', 'library.CreateBook', Buffer.from(JSON.stringify(book)), {
      type: 'CreateBook',
      messageId: randomUUID(),
      correlationId: randomUUID(),
      replyTo: 'amq.rabbitmq.reply-to',
      contentType: 'application/json',
      persistent: true,
    });
    requireAccepted(await reply);
  } finally {
    await connection.close();
  }
}

/** Waits until the query-service has the book's row. @throws Error when it does not in time */
export async function requireRow(queriesUrl: string, { book_uuid, name }: Book): Promise<void> {
  const until = Date.now() + ROW_TIMEOUT_MS;
  for (;;) {
    const response = await fetch(`${queriesUrl}/library/books/${book_uuid}`);
    const text = await response.text();
    if (response.status === 200 && (JSON.parse(text) as Book).name === name) return;
    if (Date.now() > until) throw new Error(`the row of '${name}' does not come: ${response.status} ${text}`);
    await sleep(100);
  }
}

function requireAccepted(reply: string): void {
  const { status } = JSON.parse(reply) as { status?: string };
  if (status !== 'accepted') throw new Error(`CreateBook was not accepted: ${reply}`);
}
