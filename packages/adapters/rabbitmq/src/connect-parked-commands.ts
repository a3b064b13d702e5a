import {
  type ActedOn,
  Fault,
  KeyedQueue,
  type Log,
  MAX_BODY_BYTES,
  MalformedMessage,
  type ParkedCommand,
  type ParkedCommands,
  Unavailable,
} from '@daybook/core';
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect, IllegalOperationError } from 'amqplib';
import { bounded } from './bounded.ts';
import { type GuardedReading, guardReading } from './frame-gate.ts';
import type { HeaderGateOptions } from './header-gate.ts';
import { onOwnChannel } from './own-channel.ts';
import { parkedCommandFrom, replayOf } from './parked-wire.ts';
import { withParked } from './read-parked.ts';
import { declareTopology } from './topology.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const DECLARE_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 2_000;

/** What is done about one parked message before it is acknowledged. */
type Act = (channel: ConfirmChannel, message: ConsumeMessage) => Promise<void>;

/** Who looks at messages reads so much of each. */
const SHOWN: HeaderGateOptions = { maxBody: 16 * 1024, keptOfLonger: 16 * 1024, dropped: () => false };
/** Who has them handled again needs them whole. A larger one would be refused anyway. */
const WHOLE: HeaderGateOptions = { maxBody: MAX_BODY_BYTES, keptOfLonger: 0, dropped: () => false };

/**
 * The parked commands of some contexts, for a person. Does not wait for a broker that isn't there.
 * @throws Unavailable
 */
export async function connectParkedCommands(options: {
  readonly url: string;
  readonly contexts: readonly string[];
  readonly log: Log;
}): Promise<ParkedCommands> {
  const { url, contexts, log } = options;
  const looking = await open(SHOWN);
  let acting: Promise<ChannelModel> | undefined;
  const oneAtATime = new KeyedQueue();
  const declaring = { ms: DECLARE_TIMEOUT_MS, what: 'declaring exchanges and queues' };
  await sayingUnavailable(() =>
    onOwnChannel(
      () => looking.createChannel(),
      declaring,
      async (channel) => {
        channel.on('error', (err) => log.warn({ err }, 'rabbitmq topology refused'));
        await declareTopology(channel, contexts);
      },
    ),
  );

  function open(gate: HeaderGateOptions): Promise<ChannelModel> {
    return sayingUnavailable(async () => {
      const connection = await connect(url, { noDelay: true, timeout: CONNECT_TIMEOUT_MS });
      connection.on('error', (err) => log.warn({ err }, 'rabbitmq connection failed'));
      guardReading(connection.connection as unknown as GuardedReading, gate);
      return connection;
    });
  }

  /** Does it to one after the other, the oldest first. What can't be done to one is said, and the next is taken. */
  async function actOn(
    context: string,
    ids: readonly string[],
    progress: (done: number) => void = () => {},
    actOnOne: Act,
  ): Promise<ActedOn> {
    acting ??= open(WHOLE);
    const connection = await acting;
    const wanted = new Map<string, number>();
    for (const id of ids) wanted.set(id, (wanted.get(id) ?? 0) + 1);
    const act = async (channel: ConfirmChannel, messages: readonly ConsumeMessage[]) => {
      const failed: { id: string; why: string }[] = [];
      let done = 0;
      for (const { message, command } of named(messages)) {
        const left = wanted.get(command.id) ?? 0;
        if (left === 0) continue;
        wanted.set(command.id, left - 1);
        try {
          await actOnOne(channel, message);
        } catch (error) {
          if (error instanceof IllegalOperationError) throw error;
          failed.push({ id: command.id, why: (error as Error).message });
          continue;
        }
        channel.ack(message);
        progress(++done);
      }
      return { acknowledged: done, result: { done, failed } };
    };
    return oneAtATime.run('acting', () => sayingUnavailable(() => withParked(connection, context, act)));
  }

  async function list(context: string): Promise<readonly ParkedCommand[]> {
    const look = async (_: ConfirmChannel, messages: readonly ConsumeMessage[]) => {
      return { acknowledged: 0, result: named(messages).map(({ command }) => command) };
    };
    return oneAtATime.run('looking', () => sayingUnavailable(() => withParked(looking, context, look)));
  }

  return {
    list,
    replay: (context, ids, progress) =>
      actOn(context, ids, progress, (channel, message) => replay(channel, context, message)),
    discard: (context, ids, progress) => actOn(context, ids, progress, async () => {}),
    close: () => bounded(Promise.all([looking.close(), acting?.then((one) => one.close())]), CLOSE_TIMEOUT_MS),
  };
}

/** The oldest first, each with a name that no other one has. */
function named(messages: readonly ConsumeMessage[]): { message: ConsumeMessage; command: ParkedCommand }[] {
  const times = new Map<string, number>();
  return messages
    .map((message) => ({ message, command: parkedCommandFrom(message) }))
    .sort((one, other) => byAge(one.command, other.command))
    .map(({ message, command }) => {
      if (message.properties.messageId) return { message, command };
      const time = (times.get(command.id) ?? 0) + 1;
      times.set(command.id, time);
      return { message, command: time === 1 ? command : { ...command, id: `${command.id}-${time}` } };
    });
}

/** Confirmed, and taken by a queue: basic.return comes before the confirm. @throws MalformedMessage */
async function replay(channel: ConfirmChannel, context: string, message: ConsumeMessage): Promise<void> {
  const { exchange, routingKey, body, properties } = replayOf(context, message);
  let returned = false;
  const onReturn = () => {
    returned = true;
  };
  channel.on('return', onReturn);
  try {
    channel.publish(exchange, routingKey, body, properties);
    await channel.waitForConfirms();
  } finally {
    channel.off('return', onReturn);
  }
  if (returned) throw new MalformedMessage('unroutable', `no queue takes '${routingKey}'`);
}

async function sayingUnavailable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { message, code } = error as Error & { code?: string };
    throw new Unavailable('RabbitMQ', message || code || error);
  }
}

/** Those that the broker set aside don't say when. */
function byAge(one: ParkedCommand, other: ParkedCommand): number {
  return (one.parkedAt ?? '').localeCompare(other.parkedAt ?? '');
}
