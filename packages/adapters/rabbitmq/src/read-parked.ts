import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@daybook/core';
import type { ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import { closeWithin } from './bounded.ts';
import { parkedQueueOf } from './topology.ts';

/** The type of a message that ends a look. It is acknowledged as soon as it comes. */
const END = 'daybook.end-of-look';
/** One that a broken look left behind is gone after so long, milliseconds. */
const END_LIVES_MS = '60000';
/** How long a look waits for the one before it, milliseconds. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 20;
const CLOSE_TIMEOUT_MS = 5_000;
/** Nothing has come, or nothing has gone back, for so long: milliseconds. */
const SILENCE_MS = 10_000;
/** What a channel may have in hand: without a word, a quorum queue hands over 2,000 (RabbitMQ 3.10). */
const MOST = 65_535;

/** What came of a look. */
interface Look<Result> {
  readonly acknowledged: number;
  readonly result: Result;
}

/**
 * Runs the work with all that lies in a context's parked queue; what it has not acknowledged goes back. Whoever looks is the
 * only one meanwhile, so that each sees all: at most 65,535, those that were parked first. One look at a time on a connection.
 * @param work returns how many it has acknowledged, with its result
 * @throws Unavailable
 */
export async function withParked<Result>(
  connection: ChannelModel,
  context: string,
  work: (channel: ConfirmChannel, messages: readonly ConsumeMessage[]) => Promise<Look<Result>>,
): Promise<Result> {
  const queue = parkedQueueOf(context);
  const lock = await lockOf(connection, queue);
  const channel = await connection.createConfirmChannel();
  // Told by what is done on it next, or by the close.
  channel.on('error', () => {});
  try {
    const { tag, messages } = await readAll(channel, queue);
    const { acknowledged, result } = await work(channel, messages);
    await giveBack(channel, queue, tag, messages.length - acknowledged);
    return result;
  } finally {
    await closeWithin(channel, CLOSE_TIMEOUT_MS);
    await closeWithin(lock, CLOSE_TIMEOUT_MS);
  }
}

/** Resolves once nobody else looks: an exclusive queue belongs to one connection, and goes with it. @throws Unavailable */
async function lockOf(connection: ChannelModel, queue: string): Promise<{ close(): Promise<void> }> {
  const name = `${queue}.lock`;
  const giveUp = Date.now() + PATIENCE_MS;
  for (;;) {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    try {
      await channel.assertQueue(name, { exclusive: true, durable: false });
      return {
        async close() {
          await channel.deleteQueue(name);
          await channel.close();
        },
      };
    } catch (error) {
      if (!/RESOURCE.LOCKED/.test(String(error))) throw error;
      if (Date.now() > giveUp) throw new Unavailable('RabbitMQ', `somebody else reads ${queue}: try again later`);
    }
    await sleep(PAUSE_MS);
  }
}

/**
 * All that lies in the queue comes before what is published to it now: once that has come, nothing is missing.
 * @returns the consumer's tag, and what came
 */
async function readAll(
  channel: ConfirmChannel,
  queue: string,
): Promise<{ tag: string; messages: readonly ConsumeMessage[] }> {
  const [tag, end] = [randomUUID(), randomUUID()];
  await channel.prefetch(MOST);
  const messages: ConsumeMessage[] = [];
  let heard = Date.now();
  let silence: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Unavailable('RabbitMQ', why));
      silence = setInterval(() => {
        if (Date.now() - heard > SILENCE_MS) fail(`${queue} does not answer`);
      }, 1_000);
      channel.once('close', () => fail('the channel was closed'));
      const take = (message: ConsumeMessage | null) => {
        heard = Date.now();
        if (message === null) return fail(`${queue} was deleted`);
        if (message.properties.type !== END) {
          // The broker hands over no more than that.
          if (messages.push(message) === MOST) resolve();
        } else {
          channel.ack(message);
          if (message.properties.messageId === end) resolve();
        }
      };
      const last = { type: END, messageId: end, expiration: END_LIVES_MS };
      channel
        .consume(queue, take, { consumerTag: tag })
        .then(() => channel.sendToQueue(queue, Buffer.alloc(0), last))
        .catch(reject);
    });
  } finally {
    clearInterval(silence);
  }
  return { tag, messages };
}

/** The next one to look must find all of them: they are back only some time after the broker was told. */
async function giveBack(channel: ConfirmChannel, queue: string, tag: string, count: number): Promise<void> {
  await channel.cancel(tag);
  channel.nackAll(true);
  const giveUp = Date.now() + SILENCE_MS;
  while ((await channel.checkQueue(queue)).messageCount < count) {
    if (Date.now() > giveUp) throw new Unavailable('RabbitMQ', `what was looked at is not back in ${queue} yet`);
    await sleep(PAUSE_MS);
  }
}
