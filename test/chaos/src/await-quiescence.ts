import { deadlineRows, type EventStore, groupsOf, type ReadStore, silent } from '@daybook/core';
import { loans } from '@daybook/loans';
import { commandQueuesOf } from '@daybook/rabbitmq';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { eventually, type PrivateSystem } from '@daybook/test-support';
import amqp from 'amqplib';

/** Longer than a lease, a heartbeat and the longest pause between tries together. */
const QUIESCENCE_MS = 90_000;

/** Waits until no command waits, no group is behind and no deadline stands, three times in a row. @returns milliseconds it took */
export async function awaitQuiescence(system: PrivateSystem, store: EventStore): Promise<number> {
  const since = Date.now();
  await Promise.all(system.services.map((service) => service.ready()));
  let quiet = 0;
  const rows = connectPostgresReadStore({ url: system.postgresUrl, log: silent });
  await eventually(
    'everything is quiet',
    async () => {
      const waiting = await waitingCommands(system.rabbitmqUrl);
      const lags = await Promise.all(
        groupsOf(loans).map(async (group) => (await store.groupStatus(group, 'loans')).lag),
      );
      const atRest = waiting === 0 && lags.every((lag) => lag === 0) && !(await deadlinesStand(rows));
      quiet = atRest ? quiet + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return quiet >= 3;
    },
    QUIESCENCE_MS,
  ).finally(() => rows.close());
  return Date.now() - since;
}

async function deadlinesStand(rows: ReadStore): Promise<boolean> {
  const tables = loans.deadlines.map((deadline) => deadlineRows(deadline, {}));
  const pages = await Promise.all(tables.map((table) => rows.list(table, { filters: {}, limit: 1 })));
  return pages.some((page) => page.rows.length > 0);
}

async function waitingCommands(url: string): Promise<number> {
  const connection = await amqp.connect(url);
  connection.on('error', () => {});
  const channel = await connection.createChannel();
  let waiting = 0;
  for (const queue of commandQueuesOf('loans')) waiting += (await channel.checkQueue(queue)).messageCount;
  await connection.close();
  return waiting;
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
