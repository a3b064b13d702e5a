import { silent } from '@daybook/core';
import type { GetMessage } from 'amqplib';
import { ReplyAddresses } from './reply-addresses.ts';
import { eventually, TestBroker } from './test-broker.ts';
import { startProxy } from './test-proxy.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
afterEach(() => broker.closeAll());
afterAll(() => broker.stop(), 60_000);

/** The address of a channel that waits for replies, as RabbitMQ writes it. */
async function anAddress(): Promise<string> {
  const channel = await (await broker.plain()).createChannel();
  await channel.consume('amq.rabbitmq.reply-to', () => {}, { noAck: true });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  channel.sendToQueue(queue, Buffer.alloc(0), { replyTo: 'amq.rabbitmq.reply-to' });
  let message: GetMessage | false = false;
  await eventually(async () => {
    message = await channel.get(queue, { noAck: true });
    return message !== false;
  });
  return (message as unknown as GetMessage).properties.replyTo as string;
}

test('an address that is there can take replies, one that is gone or made up can not, and any queue may be tried', async () => {
  const addresses = new ReplyAddresses(broker.server.url, silent);
  const address = await anAddress();
  expect(await addresses.canTake(address)).toBe(true);
  // Told at once from now on.
  expect(addresses.canTake(address)).toBe(true);
  for (const none of ['garbage.x', 'AAAA.BBBB', '.', 'x']) {
    expect(await addresses.canTake(`amq.rabbitmq.reply-to.${none}`)).toBe(false);
  }
  expect(addresses.canTake('answers')).toBe(true);
  await addresses.close();
});

test('a broker that was away while an address was asked about is asked again, also after a made-up one', async () => {
  const proxy = await startProxy(broker.server.url);
  const addresses = new ReplyAddresses(proxy.url, silent);
  const address = await anAddress();
  expect(await addresses.canTake('amq.rabbitmq.reply-to.garbage.x')).toBe(false);
  const madeUp = 'amq.rabbitmq.reply-to.garbage.y';
  // Nobody may wait in vain for a reply because of that.
  proxy.refusing = true;
  expect(await addresses.canTake(address)).toBe(true);
  expect(await addresses.canTake(madeUp)).toBe(true);
  // Neither is remembered.
  proxy.refusing = false;
  expect(await addresses.canTake(madeUp)).toBe(false);
  expect(await addresses.canTake(address)).toBe(true);
  await addresses.close();
  await proxy.close();
});
