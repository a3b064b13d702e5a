import { Fault, type Log, MalformedMessage, type ParkedCommand, type ParkedCommands, Unavailable } from '@daybook/core';
import { type ChannelModel, type ConfirmChannel, connect, type GetMessage, IllegalOperationError } from 'amqplib';
import { bounded } from './bounded.ts';
import { parkedCommandFrom, replayOf } from './parked-wire.ts';
import { declareTopology, parkedQueueOf } from './topology.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 2_000;

/** What is done about one parked message before it is acknowledged. */
type Act = (channel: ConfirmChannel, message: GetMessage) => Promise<void>;

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
  const connection = await sayingUnavailable(() => connect(url, { noDelay: true, timeout: CONNECT_TIMEOUT_MS }));
  connection.on('error', (err) => log.warn({ err }, 'rabbitmq connection failed'));
  await sayingUnavailable(async () => {
    const channel = await connection.createChannel();
    channel.on('error', (err) => log.warn({ err }, 'rabbitmq topology refused'));
    await declareTopology(channel, contexts);
    await channel.close();
  });

  return {
    list: (context, limit) =>
      onChannel(connection, log, async (channel) => {
        const found: ParkedCommand[] = [];
        await eachParked(channel, context, async (message) => found.push(parkedCommandFrom(message)) < limit);
        return found.sort(byAge);
      }),
    replay: (context, ids) =>
      actOn(connection, log, context, ids, async (channel, message) => publish(channel, context, message)),
    discard: (context, ids) => actOn(connection, log, context, ids, async () => {}),
    close: () => bounded(connection.close(), CLOSE_TIMEOUT_MS),
  };
}

async function actOn(
  connection: ChannelModel,
  log: Log,
  context: string,
  ids: readonly string[],
  act: Act,
): Promise<number> {
  const wanted = new Map<string, number>();
  for (const id of ids) wanted.set(id, (wanted.get(id) ?? 0) + 1);
  return onChannel(connection, log, async (channel) => {
    const found: { readonly message: GetMessage; readonly command: ParkedCommand }[] = [];
    await eachParked(channel, context, async (message) => {
      const command = parkedCommandFrom(message);
      if (wanted.has(command.id)) found.push({ message, command });
      return true;
    });
    let acted = 0;
    for (const { message, command } of found.sort((one, other) => byAge(one.command, other.command))) {
      const left = wanted.get(command.id) ?? 0;
      if (left === 0) continue;
      await act(channel, message);
      channel.ack(message);
      wanted.set(command.id, left - 1);
      acted++;
    }
    return acted;
  });
}

/** Takes one message after the other out of the parked queue, and keeps them all in hand: none comes twice. @param look returns whether to go on */
async function eachParked(
  channel: ConfirmChannel,
  context: string,
  look: (message: GetMessage) => Promise<boolean>,
): Promise<void> {
  for (;;) {
    const message = await channel.get(parkedQueueOf(context));
    if (message === false || !(await look(message))) return;
  }
}

/** Confirmed, and taken by a queue: basic.return comes before the confirm. */
async function publish(channel: ConfirmChannel, context: string, message: GetMessage): Promise<void> {
  const { exchange, routingKey, body, properties } = replayOf(context, message);
  let returned = false;
  const onReturn = () => {
    returned = true;
  };
  channel.on('return', onReturn);
  channel.publish(exchange, routingKey, body, properties);
  await channel.waitForConfirms();
  channel.off('return', onReturn);
  if (returned) throw new MalformedMessage('unroutable', `no queue takes '${routingKey}'`);
}

/** Runs the work on a channel of its own; what it has in hand in the end goes back to the queue. @throws Unavailable */
async function onChannel<Result>(
  connection: ChannelModel,
  log: Log,
  work: (channel: ConfirmChannel) => Promise<Result>,
): Promise<Result> {
  return sayingUnavailable(async () => {
    const channel = await connection.createConfirmChannel();
    channel.on('error', (err) => log.warn({ err }, 'channel failed'));
    try {
      return await work(channel);
    } finally {
      await giveBack(channel);
    }
  });
}

/** Acknowledgements written before have reached the broker once it has answered the close. A lost channel gives back by itself. */
async function giveBack(channel: ConfirmChannel): Promise<void> {
  try {
    channel.nackAll(true);
    await channel.close();
  } catch (error) {
    if (!(error instanceof IllegalOperationError)) throw error;
  }
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
