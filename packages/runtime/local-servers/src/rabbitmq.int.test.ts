import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelModel, connect } from 'amqplib';
import { findRabbitmq } from './find-rabbitmq.ts';
import { isFree } from './free-port.ts';
import type { LocalServer } from './local-server.ts';
import { commandLineOf, descendantsOf, gone } from './processes.ts';
import { startRabbitmq } from './rabbitmq.ts';

/** Other test files run in this process too. */
const others = descendantsOf(process.pid);
const ours = () => descendantsOf(process.pid).filter((pid) => !others.includes(pid));

let folder: string;
let server: LocalServer;
const crashes: Error[] = [];

/** Where only Docker has a RabbitMQ, there is nothing to try here. */
const onThisMachine = findRabbitmq() ? describe : describe.skip;

onThisMachine('a private RabbitMQ', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daybook-test-'));
    server = await startRabbitmq({ folder: join(folder, 'rabbitmq'), onCrash: (reason) => crashes.push(reason) });
  }, 120_000);

  afterAll(async () => {
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  async function withConnection<T>(use: (connection: ChannelModel) => Promise<T>): Promise<T> {
    const connection = await connect(server.url);
    connection.on('error', () => {});
    try {
      return await use(connection);
    } finally {
      await connection.close();
    }
  }

  const declare = () =>
    withConnection(async (connection) => {
      const channel = await connection.createChannel();
      await channel.assertQueue('kept', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    });

  const publish = (text: string) =>
    withConnection(async (connection) => {
      const channel = await connection.createConfirmChannel();
      channel.sendToQueue('kept', Buffer.from(text), { persistent: true });
      await channel.waitForConfirms();
    });

  const take = () =>
    withConnection(async (connection) => {
      const channel = await connection.createChannel();
      const message = await channel.get('kept', { noAck: true });
      return message ? message.content.toString() : undefined;
    });

  test('a confirmed message survives kill and start, on the same port', async () => {
    await declare();
    // RabbitMQ 3.10 writes the directory of its quorum queues every 500 ms: a crash sooner loses a new queue for good.
    await sleep(1_000);
    await publish('after a crash');
    await server.kill();
    await expect(withConnection(async () => {})).rejects.toThrow();
    expect(await gone(ours(), 2_000)).toBe(true);
    await server.start();
    expect(await take()).toBe('after a crash');
  }, 120_000);

  test('a crash is told, and it can be started again; an end that was asked for is none', async () => {
    expect(crashes).toEqual([]);
    await publish('before it was killed');
    for (const pid of ours().filter((one) => commandLineOf(one).includes('beam'))) process.kill(pid, 'SIGKILL');
    while (crashes.length === 0) await sleep(20);
    expect(crashes.map(({ message }) => message)).toEqual([expect.stringContaining('RabbitMQ ended (SIGKILL)')]);
    await server.start();
    expect(await take()).toBe('before it was killed');
  }, 120_000);

  test('nothing is left after stop, and the data is there for another start', async () => {
    await publish('after a stop');
    await server.stop();
    expect(await isFree(Number(new URL(server.url).port))).toBe(true);
    expect(await gone(ours(), 2_000)).toBe(true);
    const url = server.url;
    server = await startRabbitmq({ folder: join(folder, 'rabbitmq') });
    expect(server.url).toBe(url);
    expect(await take()).toBe('after a stop');
  }, 120_000);
});
