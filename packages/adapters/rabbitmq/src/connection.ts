import type { Duplex } from 'node:stream';
import { type Log, Unavailable } from '@daybook/core';
import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { bounded } from './bounded.ts';
import { type GuardedReading, guardReading } from './frame-gate.ts';
import { FROM_SENDERS } from './header-gate.ts';
import { onOwnChannel } from './own-channel.ts';
import { COMMANDS, declareTopology, PARKED } from './topology.ts';
import { writeTogether } from './write-together.ts';

const HEARTBEAT_SECONDS = '10';
const HANDSHAKE_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** Some hundred queues of a cluster that is busy take their time. */
const DECLARE_TIMEOUT_MS = 60_000;
const CHECK_TIMEOUT_MS = 5_000;
const SOCKET = {
  timeout: HANDSHAKE_TIMEOUT_MS,
  // amqplib leaves Nagle's algorithm on: an acknowledgement followed by a reply would wait 40 ms for the peer's delayed ack.
  noDelay: true,
  // A few hundred replies: Node's 16 KiB would cut what is written in one turn into pieces, each a system call.
  writableHighWaterMark: 256 * 1024,
};

/** A connection that comes back by itself, with the topology declared each time before anyone uses it. */
export interface Connection {
  /** The contexts whose queues it declares. */
  readonly contexts: readonly string[];
  readonly connected: boolean;
  /** The broker is short of memory or disk, and reads nothing from this connection until it isn't. */
  readonly blocked: boolean;
  /** Called when the broker reads again, or a new connection has taken the place of a blocked one. */
  onUnblocked(listener: () => void): void;
  /** Waits while there is no connection. */
  openChannel(): Promise<Channel>;
  /** The same, with publisher confirms. */
  openConfirmChannel(): Promise<ConfirmChannel>;
  /** Declares the exchanges and queues once more, when one was deleted. @throws Unavailable, or what the broker says against it */
  declare(): Promise<void>;
  /** Declares them again when an exchange is missing. @throws Unavailable, or what the broker says against it */
  checkExchanges(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects, waiting for as long as the broker isn't up.
 * @throws Error when the broker refuses the credentials
 */
export async function openConnection(url: string, contexts: readonly string[], log: Log): Promise<Connection> {
  const unblockedListeners: (() => void)[] = [];
  let connected = false;
  let blocked = false;
  let current: ChannelModel | undefined;

  // Listeners come before the first attempt: an `error` without one ends the process.
  const model = await connect(withHeartbeat(url), {
    ...SOCKET,
    recovery: { waitForConnect: false, maxDelay: 5_000, setup },
  });
  model.on('error', (err) => log.warn({ err }, 'rabbitmq connection failed'));
  model.on('handler-error', (err: Error, event: string) => log.error({ err, event }, 'rabbitmq listener failed'));
  model.on('connect', () => {
    connected = true;
    log.info({}, 'rabbitmq connected');
  });
  model.on('disconnect', (err) => {
    connected = false;
    current = undefined;
    log.warn({ err }, 'rabbitmq connection lost');
    unblock();
  });
  model.on('blocked', (reason) => {
    blocked = true;
    log.warn({ reason }, 'rabbitmq blocks publishing');
  });
  model.on('unblocked', () => {
    log.info({}, 'rabbitmq takes messages again');
    unblock();
  });

  await new Promise<void>((resolve, reject) => {
    let connectedOnce = false;
    model.on('connect-failed', (err) => {
      if (!connectedOnce && isRefusal(err)) {
        reject(new Error(`RabbitMQ refused to serve ${whereOf(url)}: ${err.message}`, { cause: err }));
        void model.close();
      } else log.warn({ err }, 'rabbitmq not available, tried again');
    });
    model.once('connect', () => {
      connectedOnce = true;
      resolve();
    });
  });

  async function setup(opened: ChannelModel): Promise<void> {
    // amqplib listens itself only once this is done.
    opened.on('error', () => {});
    const raw = opened.connection as unknown as GuardedReading & { stream: Duplex };
    writeTogether(raw.stream);
    guardReading(raw, FROM_SENDERS);
    await declareOn(opened);
    current = opened;
  }

  async function declareOn(opened: ChannelModel): Promise<void> {
    const declaring = { ms: DECLARE_TIMEOUT_MS, what: 'declaring exchanges and queues' };
    await onOwnChannel(
      () => opened.createChannel(),
      declaring,
      async (channel) => {
        channel.on('error', (err) => log.error({ err }, 'rabbitmq topology refused'));
        await declareTopology(channel, contexts);
      },
    );
  }

  function unblock(): void {
    if (!blocked) return;
    blocked = false;
    for (const listener of unblockedListeners) listener();
  }

  return {
    contexts,
    get connected() {
      return connected;
    },
    get blocked() {
      return blocked;
    },
    onUnblocked(listener) {
      unblockedListeners.push(listener);
    },
    openChannel: () => model.createChannel(),
    openConfirmChannel: () => model.createConfirmChannel(),
    async declare() {
      if (current === undefined) throw new Unavailable('RabbitMQ', 'not connected');
      await declareOn(current);
    },
    async checkExchanges() {
      if (current === undefined) throw new Unavailable('RabbitMQ', 'not connected');
      if (await hasExchanges(current)) return;
      log.warn({}, 'an exchange was deleted, all is declared again');
      await declareOn(current);
    },
    async close() {
      connected = false;
      // A broker that hangs never answers the closing handshake.
      await bounded(model.close(), CLOSE_TIMEOUT_MS);
    },
  };
}

async function hasExchanges(connection: ChannelModel): Promise<boolean> {
  const check = { ms: CHECK_TIMEOUT_MS, what: 'checking exchanges' };
  try {
    await onOwnChannel(
      () => connection.createChannel(),
      check,
      async (channel) => {
        for (const exchange of [COMMANDS, PARKED]) await channel.checkExchange(exchange);
      },
    );
    return true;
  } catch (error) {
    if (/NOT.FOUND/.test(String(error))) return false;
    throw error;
  }
}

/** 403 for wrong credentials and missing rights, 406 for a queue that exists with other arguments: waiting helps neither. */
function isRefusal(err: Error): boolean {
  return /ACCESS.REFUSED|PRECONDITION.FAILED/.test(err.message);
}

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!/^amqps?:$/.test(parsed.protocol))
    throw new Error(`'${parsed.protocol}' is not how to reach RabbitMQ: amqp: and amqps: are`);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', HEARTBEAT_SECONDS);
  return parsed.href;
}

/** The URL without its password. */
function whereOf(url: string): string {
  const { username, host, pathname } = new URL(url);
  return `${username || 'guest'}@${host}${pathname}`;
}
