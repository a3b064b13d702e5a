import type { ReceivedCommand } from '@daybook/core';
import { partitionOf } from './partition.ts';
import { acceptAll, accepted, eventually, publishPlainly, TestBroker } from './test-broker.ts';
import { incomingQueueOf } from './topology.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
afterEach(() => broker.closeAll(), 30_000);
afterAll(() => broker.stop(), 60_000);

test('a forwarded command arrives with all that its sender put into it, and its reply goes to the sender', async () => {
  const bus = await broker.bus();
  const seen: ReceivedCommand[] = [];
  await bus.consume('loans', async (received) => {
    seen.push(received);
    const reason = { code: 'no', message: 'no' };
    return { reply: accepted(received.commandId), park: reason };
  });
  const channel = await (await broker.plain()).createConfirmChannel();
  const replies: string[] = [];
  const reply = 'amq.rabbitmq.reply-to';
  await channel.consume(reply, (message) => message && replies.push(message.content.toString()), { noAck: true });
  await channel.assertQueue('elsewhere', { exclusive: true });
  const sent = {
    messageId: 'c-1',
    correlationId: 'talk',
    type: 'RequestLoan',
    contentType: 'application/json',
    timestamp: 1_700_000_000,
    priority: 3,
    appId: 'by hand',
  };
  const acting = { userId: 'daybook', expiration: '60000', CC: ['other.key'], replyTo: reply };
  await publishPlainly(channel, 'loans.RequestLoan', '{}', { ...sent, ...acting, headers: { actor: 'ada', depth: 7 } });
  await eventually(() => replies.length === 1);
  expect(JSON.parse(replies[0] ?? '')).toEqual(accepted('c-1'));
  expect(seen[0]).toMatchObject({ type: 'RequestLoan', commandId: 'c-1', correlationId: 'talk', actor: 'ada' });
  const parked = await channel.get('commands.loans.parked', { noAck: true });
  expect((parked || undefined)?.properties).toMatchObject({
    ...sent,
    headers: {
      actor: 'ada',
      depth: 7,
      'x-forwarded-user-id': 'daybook',
      'x-forwarded-cc': ['other.key'],
      'x-parked-expiration': '60000',
      'x-parked-routing-key': `loans.RequestLoan.${partitionOf('c-1')}`,
    },
  });
});

test('what can not be read is forwarded too, and refused where everything is handled', async () => {
  const seen: ReceivedCommand[] = [];
  await (await broker.bus()).consume('loans', acceptAll(seen));
  const channel = await (await broker.plain()).createConfirmChannel();
  const sent: [key: string, body: string, properties?: object][] = [
    ['loans.RequestLoan', 'no JSON'],
    ['loans.RequestLoan', '[]', { type: undefined, messageId: undefined }],
    ['loans.RequestMoney', '{}', { type: 'a.b' }],
    ['loans.', '{}'],
    [`loans.${'x'.repeat(230)}`, '{}'],
  ];
  for (const [key, body, properties] of sent) await publishPlainly(channel, key, body, properties);
  channel.sendToQueue(incomingQueueOf('loans'), Buffer.from('by its name'), { type: 'c.d' });
  await eventually(() => seen.length === sent.length + 1);
  expect(seen.map(({ body }) => String(body)).sort()).toEqual([...sent.map(([, body]) => body), 'by its name'].sort());
});

test('a routing key that says no partition and no type alone is refused, and its sender told', async () => {
  await broker.bus();
  const channel = await (await broker.plain()).createConfirmChannel();
  const returned: string[] = [];
  channel.on('return', ({ fields }) => returned.push(fields.routingKey));
  const keys = ['loans', 'loans.a.b', 'loans.a.b.c', 'loans.RequestLoan.16', 'loans.RequestLoan.-1'];
  for (const key of [...keys, 'loans.RequestLoan.15']) await publishPlainly(channel, key, '{}');
  expect(returned).toEqual(keys);
});

test('a message whose routing key leaves no room for the partition is handled as any other', async () => {
  const seen: ReceivedCommand[] = [];
  await (await broker.bus()).consume('loans', acceptAll(seen));
  const channel = await (await broker.plain()).createConfirmChannel();
  await publishPlainly(channel, `loans.${'x'.repeat(249)}`, '{}', { messageId: 'long' });
  await eventually(() => seen.some(({ commandId }) => commandId === 'long'));
  expect(await broker.waiting()).toBe(0);
});
