import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandBus, type ReceivedCommand, silent, Unavailable } from '@daybook/core';
import type { Channel, Message } from 'amqplib';
import { connectRabbitmq } from './connect-rabbitmq.ts';
import { openConnection } from './connection.ts';
import { RecoveringChannel } from './recovering-channel.ts';
import { acceptAll, accepted, commandOf, commandOfLoan, eventually, TestBroker } from './test-broker.ts';
import { startProxy } from './test-proxy.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
afterEach(() => broker.closeAll());
afterAll(() => broker.stop(), 60_000);

const ids = (count: number) => Array.from({ length: count }, (_, index) => `c-${index}`);
const slowly = async ({ commandId }: ReceivedCommand) => {
  await sleep(Math.random() * 50);
  return { reply: accepted(commandId) };
};

const answers = (bus: CommandBus) =>
  bus.ping().then(
    () => true,
    () => false,
  );

test('every request is answered though the connections break again and again', async () => {
  const proxy = await startProxy(broker.server.url);
  const service = await broker.bus({ url: proxy.url });
  const client = await broker.bus({ url: proxy.url });
  await service.consume('loans', slowly);
  const all = Promise.all(ids(200).map((id) => client.request(commandOf(id), { timeoutMs: 30_000 })));
  for (let cut = 0; cut < 3; cut++) {
    await sleep(40);
    proxy.cut();
  }
  expect((await all).map((reply) => reply.command_id)).toEqual(ids(200));
  await client.close();
  await service.close();
  await proxy.close();
}, 60_000);

test('publications keep their order across a broken connection', async () => {
  const proxy = await startProxy(broker.server.url);
  const client = await broker.bus({ url: proxy.url });
  const all = Promise.all(ids(2_000).map((id) => client.publish(commandOfLoan(id))));
  await sleep(5);
  proxy.cut();
  await all;
  const seen: ReceivedCommand[] = [];
  await client.consume('loans', acceptAll(seen));
  await eventually(() => new Set(seen.map((one) => one.commandId)).size === 2_000);
  expect([...new Set(seen.map((one) => one.commandId))]).toEqual(ids(2_000));
  await client.close();
  await proxy.close();
}, 30_000);

test('every request is answered though the broker is killed and started again', async () => {
  const bus = await broker.bus();
  await bus.consume('loans', slowly);
  // RabbitMQ 3.10 writes the directory of its quorum queues every 500 ms: a crash sooner loses a new queue for good.
  await sleep(1_000);
  const all = Promise.all(ids(200).map((id) => bus.request(commandOf(id), { timeoutMs: 60_000 })));
  await sleep(20);
  await broker.server.kill();
  await expect(bus.ping()).rejects.toThrow(Unavailable);
  await broker.server.start();
  expect((await all).map((reply) => reply.command_id)).toEqual(ids(200));
  await bus.ping();
}, 120_000);

test('while the handler has to wait, no reconnection adds to what is in hand', async () => {
  const proxy = await startProxy(broker.server.url);
  const service = await broker.bus({ url: proxy.url, prefetch: 5 });
  const publisher = await broker.bus();
  await Promise.all(ids(50).map((id) => publisher.publish(commandOf(id))));
  const seen: ReceivedCommand[] = [];
  let free = () => {};
  const waiting = new Promise<void>((resolve) => {
    free = resolve;
  });
  const consumer = await service.consume('loans', async (received) => {
    seen.push(received);
    await waiting;
    return { reply: accepted(received.commandId) };
  });
  try {
    await eventually(() => seen.length === 5);
    for (let cut = 0; cut < 3; cut++) {
      proxy.cut();
      await eventually(async () => !(await answers(service)));
      await eventually(() => answers(service));
      await sleep(300);
      expect(seen).toHaveLength(5);
    }
    free();
    await eventually(() => new Set(seen.map(({ commandId }) => commandId)).size === 50);
    await eventually(async () => (await broker.waiting()) === 0);
  } finally {
    free();
    await consumer.stop();
    await service.close();
    await proxy.close();
  }
}, 60_000);

test.each(['commands.loans.8', 'commands.loans.incoming'])(
  '%s is deleted: it comes back, and so does its consumer',
  async (queue) => {
    const bus = await broker.bus();
    const others = await broker.bus();
    for (const one of [bus, others]) await one.consume('loans', acceptAll());
    const publisher = await broker.bus(queue.endsWith('incoming') ? { contexts: [] } : {});
    const channel = await (await broker.plain()).createChannel();
    for (let round = 0; round < 3; round++) {
      await channel.deleteQueue(queue);
      const ask = (id: string) => publisher.request(commandOfLoan(id), { timeoutMs: 5_000 });
      // Who knows nothing of the context can't declare its queue, and is told that it is missing.
      await eventually(async () => (await ask(`c-${round}`).catch(() => undefined)) !== undefined);
      await eventually(async () => (await channel.checkQueue(queue)).consumerCount === 1);
      expect(await Promise.all(ids(20).map((id) => ask(`${round}-${id}`)))).toHaveLength(20);
    }
  },
  30_000,
);

test('a queue deleted while nobody consumes is declared again by the one who publishes', async () => {
  const bus = await broker.bus();
  const channel = await (await broker.plain()).createChannel();
  await channel.deleteQueue('commands.loans.8');
  await bus.publish(commandOfLoan('c-1'));
  await eventually(async () => (await channel.checkQueue('commands.loans.8')).messageCount === 1);
});

test('publishing recovers from a channel that the broker closed', async () => {
  const bus = await broker.bus();
  await bus.consume('loans', acceptAll());
  const channel = await (await broker.plain()).createChannel();
  await channel.deleteExchange('commands');
  const command = commandOf('c-1');
  const answer = bus.request(command, { timeoutMs: 20_000 });
  await sleep(200);
  await channel.assertExchange('commands', 'topic');
  for (let n = 0; n < 16; n++) await channel.bindQueue(`commands.loans.${n}`, 'commands', `loans.*.${n}`);
  expect(await answer).toEqual(accepted('c-1'));
}, 30_000);

test('a channel comes back after the broker closed it', async () => {
  const connection = await openConnection(broker.server.url, [], silent);
  const opened: Channel[] = [];
  const keeper = await RecoveringChannel.open(silent, {
    name: 'test',
    create: () => connection.openChannel(),
    setUp: async () => {},
    opened: (channel) => opened.push(channel),
  });
  for (let round = 1; round <= 3; round++) {
    // RabbitMQ closes a channel with 406 for an unknown delivery tag.
    keeper.current?.ack({ fields: { deliveryTag: 1_000 } } as Message);
    await eventually(() => opened.length === round + 1 && keeper.current === opened.at(-1));
  }
  await keeper.current?.prefetch(1);
  await keeper.close();
  await connection.close();
});

test('wrong credentials are reported, not retried', async () => {
  const url = new URL(broker.server.url);
  url.password = 'wrong';
  const connecting = broker.bus({ url: url.href });
  await expect(connecting).rejects.toThrow(/RabbitMQ refused to serve daybook@127.0.0.1:\d+.*ACCESS_REFUSED/);
  await expect(connecting).rejects.not.toThrow('wrong');
});

test('a queue that somebody declared otherwise is reported, not retried', async () => {
  const channel = await (await broker.plain()).createChannel();
  await channel.assertQueue('commands.loans.parked');
  await expect(broker.bus()).rejects.toThrow(/commands\.loans\.parked/);
});

test('connecting waits until the broker is up', async () => {
  const { url } = broker.server;
  await broker.server.stop();
  const connecting = connectRabbitmq({ url, contexts: [], log: silent });
  await sleep(300);
  await broker.server.start();
  await (await connecting).close();
}, 120_000);
