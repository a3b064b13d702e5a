import { type EventStore, groupsOf } from '@daybook/core';
import { loans } from '@daybook/loans';
import { eventually } from '@daybook/testing';
import amqp from 'amqplib';
import type { ChaosSystem } from './system.ts';

/** Longer than a lease, a heartbeat and the longest pause between tries together. */
const SETTLE_MS = 90_000;

/** Waits until no command waits and no group is behind, three times in a row. @returns milliseconds it took */
export async function settle(system: ChaosSystem, store: EventStore): Promise<number> {
  const since = Date.now();
  await Promise.all(system.services.map((service) => service.ready()));
  let quiet = 0;
  await eventually(
    'everything is quiet',
    async () => {
      const waiting = await waitingCommands(system.rabbitmqUrl);
      const lags = await Promise.all(
        groupsOf(loans).map(async (group) => (await store.groupStatus(group, 'loans')).lag),
      );
      quiet = waiting === 0 && lags.every((lag) => lag === 0) ? quiet + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return quiet >= 3;
    },
    SETTLE_MS,
  );
  return Date.now() - since;
}

async function waitingCommands(url: string): Promise<number> {
  const connection = await amqp.connect(url);
  connection.on('error', () => {});
  const channel = await connection.createChannel();
  const { messageCount } = await channel.checkQueue('commands.loans');
  await connection.close();
  return messageCount;
}

/** The message ids of what is parked; takes it off the queue. */
export async function parkedCommands(url: string): Promise<Set<string>> {
  const connection = await amqp.connect(url);
  connection.on('error', () => {});
  const channel = await connection.createChannel();
  const ids = new Set<string>();
  for (;;) {
    const message = await channel.get('commands.loans.parked', { noAck: true });
    if (message === false) break;
    ids.add(String(message.properties.messageId));
  }
  await connection.close();
  return ids;
}
