import { setMaxListeners } from 'node:events';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { type BoundedContext, type CommandHandler, type Consumer, type Log, Unavailable } from '@daybook/core';
import { bounded } from './bounded.ts';
import type { Connection } from './connection.ts';
import { forward, sentAgain } from './forward.ts';
import { handleDelivery } from './handle-delivery.ts';
import { InHand } from './in-hand.ts';
import type { Membership, Seat } from './membership.ts';
import { PARTITIONS } from './partition.ts';
import type { Publisher } from './publisher.ts';
import { QueueConsumers } from './queue-consumers.ts';
import { RecoveringChannel } from './recovering-channel.ts';
import type { ReplyAddresses } from './reply-addresses.ts';
import { Settlements } from './settlements.ts';
import { cameTooOften, Suspects } from './suspects.ts';
import { commandQueuesOf, DELETION_NOTICE_MS, declareTopology, incomingQueueOf } from './topology.ts';

/** How long a stop waits for forwarded commands to be confirmed: what was not is forwarded again by the next one, milliseconds. */
const FORWARDING_MS = 2_000;

/** Of the commands that are begun at once: each is parsed, decided and held until it is stored. */
const MAX_BEGUN_BYTES = 32 * 1024 * 1024;

/** What a consumer needs. */
export interface Consuming {
  readonly connection: Connection;
  readonly membership: Membership;
  readonly publisher: Publisher;
  readonly addresses: ReplyAddresses;
  readonly log: Log;
  readonly context: Pick<BoundedContext, 'name' | 'commands'>;
  readonly handle: CommandHandler;
  /** Commands begun at once, from all partitions together. */
  readonly prefetch: number;
  /** Milliseconds to get a parked or forwarded message confirmed. */
  readonly confirmedWithinMs: number;
}

/** A consumer that can say how it is. */
export interface ContextConsumer extends Consumer {
  /** @throws Unavailable when it can't consume what it should */
  ping(): void;
}

/**
 * Takes this command-service's share of a context's commands. All its queues are consumed on one channel, so that what was
 * done together is acknowledged together.
 */
export async function startConsumer(consuming: Consuming): Promise<ContextConsumer> {
  const { connection, membership, publisher, addresses, log, context, handle, prefetch, confirmedWithinMs } = consuming;
  const incoming = incomingQueueOf(context.name);
  let deleted = false;
  let lost = lossOfChannel();
  /** What it still holds while it stops, until its channel is closed. */
  let stoppingWith: readonly string[] | undefined;
  let loggedHeld = '';

  // Nothing is begun while the broker blocks this connection: neither acknowledgement nor reply would get through.
  const bounds = {
    limit: prefetch,
    maxBytes: MAX_BEGUN_BYTES,
    paused: () => connection.blocked,
    emptied: () => membership.changed(),
  };
  const parking = { context: context.name, publisher, addresses, log, parkTimeoutMs: confirmedWithinMs };
  const suspects = new Suspects({
    me: membership.name,
    isAlive: (member) => membership.knows(member),
    copy: (message, begunBy) => sentAgain(context, message, begunBy),
    publish: (message, pointless) => publisher.publish(message, confirmedWithinMs, pointless),
    log,
  });
  const handling = { ...parking, handle, suspects };
  const forwarding = { ...parking, commands: context.commands };
  const commands = new InHand({ ...bounds, handle: (delivery) => handleDelivery(handling, delivery) });
  const forwards = new InHand({ ...bounds, handle: (delivery) => forward(forwarding, delivery) });
  connection.onUnblocked(() => {
    commands.begin();
    forwards.begin();
    seat.review();
  });

  const queues = commandQueuesOf(context.name);
  const consumers = new QueueConsumers({
    log,
    queues,
    name: membership.name,
    // Twice what may be begun, divided among the partitions: a busy one need not wait for the others.
    prefetchOf: (queue) => (queue === incoming ? prefetch : Math.ceil((2 * prefetch) / PARTITIONS)),
    wanted: () => (connection.blocked || stoppingWith !== undefined ? undefined : membership.share),
    isFree: (queue) => membership.isFree(queue),
    deliver(queue, message, on) {
      // RabbitMQ cancels a consumer whose queue is gone; amqplib says so with null.
      if (message === null) {
        deleted = true;
        on.rebuild(`${queue} was deleted`);
        return;
      }
      on.settlements.delivered(message.fields.deliveryTag);
      if (stoppingWith !== undefined) return;
      const isForwarded = queue === incoming || cameTooOften(message);
      (isForwarded ? forwards : commands).add({ queue, message, on });
    },
    changed: () => membership.changed(),
    review: () => void review(),
  });

  const seat: Seat = {
    context: context.name,
    held: () =>
      stoppingWith ?? queues.filter((queue) => consumers.consumes(queue) || commands.has(queue) || forwards.has(queue)),
    review: () => void review(),
  };

  async function review(): Promise<void> {
    await consumers.review();
    const held = queues.filter((queue) => consumers.consumes(queue)).join(' ');
    if (held === loggedHeld || stoppingWith !== undefined) return;
    loggedHeld = held;
    log.info({ context: context.name, queues: held, members: membership.size }, 'command queues held');
  }

  const keeper = await RecoveringChannel.open(log, {
    name: `consumer of ${context.name}`,
    create: () => connection.openChannel(),
    async setUp(channel) {
      if (deleted) await sleep(DELETION_NOTICE_MS);
      deleted = false;
      await declareTopology(channel, [context.name]);
    },
    opened(channel, rebuild) {
      const settlements = new Settlements(channel, (err) => log.debug({ err }, 'outcome not delivered'));
      lost = lossOfChannel();
      consumers.opened({ channel, settlements, rebuild, lost: lost.signal });
      seat.review();
    },
    lost() {
      lost.abort();
      consumers.lost();
      commands.dropWaiting();
      forwards.dropWaiting();
      suspects.dropWaiting();
      membership.changed();
    },
  });

  async function stop(): Promise<void> {
    stoppingWith = seat.held();
    commands.dropWaiting();
    forwards.dropWaiting();
    suspects.dropWaiting();
    // Not cancelled: as long as this is the active consumer, nobody gets what comes after that which goes back to the queue.
    await Promise.all([commands.idle(), bounded(forwards.idle(), FORWARDING_MS)]);
    // The last acknowledgements and replies go out at the end of this turn.
    await turn();
    await keeper.close();
    membership.leave(seat);
  }

  await membership.join(seat);
  await review();
  let stopped: Promise<void> | undefined;
  return {
    stop() {
      stopped ??= stop();
      return stopped;
    },
    ping() {
      if (keeper.current === undefined) throw new Unavailable('RabbitMQ', `no channel for ${context.name}`);
      const [hung] = consumers.hung;
      if (hung !== undefined) throw new Unavailable('RabbitMQ', `${hung} can't be consumed`);
    },
  };
}

/** Hundreds of messages in hand wait for it. */
function lossOfChannel(): AbortController {
  const lost = new AbortController();
  setMaxListeners(0, lost.signal);
  return lost;
}
