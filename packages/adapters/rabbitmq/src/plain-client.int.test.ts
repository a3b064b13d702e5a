import { randomUUID } from 'node:crypto';
import { accounts } from '@daybook/accounts';
import { silent } from '@daybook/core';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { acceptAll, accepted, eventually, TestBroker } from './test-broker.ts';
import { commandQueuesOf } from './topology.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
beforeEach(async () => {
  await (await broker.bus()).consume('loans', acceptAll());
});
afterEach(() => broker.closeAll('accounts'));
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

test('a reply address that somebody made up costs others neither their reply nor their connection', async () => {
  const troubles: string[] = [];
  const note = (_fields: object, phrase: string) => void troubles.push(phrase);
  const service = await broker.bus({ contexts: [accounts], log: { ...silent, warn: note, error: note } });
  await service.consume('accounts', acceptAll());
  const channel = await openChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const replies: ConsumeMessage[] = [];
  await channel.consume(queue, (message) => message && replies.push(message), { noAck: true });
  const made = ['garbage.x', 'AAAA.BBBB', 'g2gDAA==.x', '.', 'x', `${'A'.repeat(200)}.B`];
  const ids = Array.from({ length: 40 }, () => randomUUID());
  const body = Buffer.from('{}');
  for (const [index, messageId] of ids.entries()) {
    const replyTo = `amq.rabbitmq.reply-to.${made[index % made.length]}`;
    channel.publish('commands', 'accounts.X', body, { messageId: `sly-${messageId}`, replyTo });
    channel.publish('commands', 'accounts.X', body, { messageId, replyTo: queue });
  }
  await eventually(() => replies.length === ids.length);
  const answered = replies.map(({ content }) => JSON.parse(content.toString()).command_id);
  expect(answered.sort()).toEqual([...ids].sort());
  expect(new Set(troubles)).toEqual(new Set(['RabbitMQ can not read a reply address: its sender gets no reply']));
  const waiting = await Promise.all(commandQueuesOf('accounts').map((name) => channel.checkQueue(name)));
  expect(waiting.filter(({ messageCount }) => messageCount > 0)).toEqual([]);
  await service.close();
});

test('a reply address that is one of the queues of the system gets nothing', async () => {
  const channel = await openChannel();
  send(channel, 'commands.loans.parked', { messageId: 'sly' });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await replyOn(channel, queue, () => send(channel, queue, { messageId: 'next' }));
  expect(await channel.get('commands.loans.parked', { noAck: true })).toBe(false);
});
