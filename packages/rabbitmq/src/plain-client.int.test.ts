import { randomUUID } from 'node:crypto';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { acceptAll, accepted, eventually, TestBroker } from './test-broker.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
beforeEach(async () => {
  await (await broker.bus()).consume('loans', acceptAll());
});
afterEach(() => broker.closeAll());
afterAll(() => broker.stop(), 60_000);

async function openChannel(): Promise<ConfirmChannel> {
  return (await broker.plain()).createConfirmChannel();
}

/** Sends a command as any AMQP client could, following the wire format alone. */
function send(channel: ConfirmChannel, replyTo: string, properties: object): void {
  const body = Buffer.from(JSON.stringify({ amount: 1000 }));
  channel.publish('commands', 'loans.RequestLoan', body, { type: 'RequestLoan', replyTo, ...properties });
}

async function replyOn(channel: ConfirmChannel, queue: string, ask: () => void): Promise<ConsumeMessage> {
  const replies: ConsumeMessage[] = [];
  await channel.consume(queue, (message) => message && replies.push(message), { noAck: true });
  ask();
  await eventually(() => replies.length > 0);
  return replies[0] as ConsumeMessage;
}

test('a plain client gets its reply on a queue of its own', async () => {
  const channel = await openChannel();
  const { queue } = await channel.assertQueue('my-answers', { exclusive: true });
  const messageId = randomUUID();
  const reply = await replyOn(channel, queue, () => send(channel, queue, { messageId, correlationId: 'my-1' }));
  expect(JSON.parse(reply.content.toString())).toEqual(accepted(messageId));
  expect(reply.properties).toMatchObject({ correlationId: 'my-1', contentType: 'application/json', type: 'reply' });
});

test('a plain client gets its reply by direct reply-to, and its message id back when it gave no correlation id', async () => {
  const channel = await openChannel();
  const messageId = randomUUID();
  const queue = 'amq.rabbitmq.reply-to';
  const reply = await replyOn(channel, queue, () => send(channel, queue, { messageId }));
  expect(JSON.parse(reply.content.toString())).toEqual(accepted(messageId));
  expect(reply.properties.correlationId).toBe(messageId);
});

test('a reply to an address that is gone hurts nobody', async () => {
  const channel = await openChannel();
  for (const replyTo of ['no-such-queue', 'amq.rabbitmq.reply-to.gone', 'amq.rabbitmq.reply-to.']) {
    send(channel, replyTo, { messageId: randomUUID() });
  }
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const reply = await replyOn(channel, queue, () => send(channel, queue, { messageId: 'after' }));
  expect(JSON.parse(reply.content.toString())).toEqual(accepted('after'));
  expect(await broker.waiting()).toBe(0);
});
