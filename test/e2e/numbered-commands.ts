import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { accounts } from '@daybook/accounts';
import { type EventStore, type Message, type RecordedEvent, silent } from '@daybook/core';
import { connectRabbitmq, routingKeyOf } from '@daybook/rabbitmq';
import amqp from 'amqplib';

const ACCOUNTS_EACH = 20;
/** Of each publisher. */
const PAUSE_MS = 15;

/** Publishers at work. */
export interface NumberedCommands {
  /** Ends the publishers, once. @returns how many commands each account has got, all of them confirmed by the broker */
  stop(): Promise<ReadonlyMap<string, number>>;
}

/** Sends a command and resolves when the broker holds it; calls are sent in their order. */
interface Sender {
  send(command: Message): Promise<void>;
  close(): Promise<void>;
}

/**
 * Commands whose order can be seen in the streams: each account is opened, and then gets transfers of 1, 2, 3, …
 * Two of the publishers know partitions, two are plain AMQP clients that do not; each has accounts of its own.
 */
export async function startNumberedCommands(rabbitmqUrl: string): Promise<NumberedCommands> {
  const senders = await Promise.all([knowing, plain, knowing, plain].map((connect) => connect(rabbitmqUrl)));
  const published = new Map<string, number>();
  let stopping = false;

  async function publish({ send }: Sender): Promise<void> {
    const ids = Array.from({ length: ACCOUNTS_EACH }, () => randomUUID());
    const confirmed: Promise<void>[] = [];
    for (let number = 0; !stopping; number++) {
      for (const account_uuid of ids) {
        if (stopping) break;
        const transfer = { type: 'RecordTransfer', data: { account_uuid, amount: number } };
        confirmed.push(send(number === 0 ? { type: 'OpenAccount', data: { account_uuid } } : transfer));
        published.set(account_uuid, number + 1);
        await sleep(PAUSE_MS);
      }
    }
    await Promise.all(confirmed);
  }

  const publishing = senders.map(publish);
  let stopped: Promise<ReadonlyMap<string, number>> | undefined;
  async function stop(): Promise<ReadonlyMap<string, number>> {
    stopping = true;
    await Promise.all(publishing);
    await Promise.all(senders.map((sender) => sender.close()));
    return published;
  }
  return {
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

async function knowing(url: string): Promise<Sender> {
  const bus = await connectRabbitmq({ url, contexts: [accounts], log: silent });
  return {
    send: (command) => bus.publish({ context: 'accounts', command, commandId: randomUUID() }),
    close: () => bus.close(),
  };
}

async function plain(url: string): Promise<Sender> {
  const connection = await amqp.connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  return {
    send: ({ type, data }) =>
      new Promise((resolve, reject) => {
        const properties = { type, messageId: randomUUID(), persistent: true, mandatory: true };
        const body = Buffer.from(JSON.stringify(data));
        channel.publish('commands', routingKeyOf('accounts', type), body, properties, (error: unknown) =>
          error ? reject(error as Error) : resolve(),
        );
      }),
    close: () => connection.close(),
  };
}

/** The numbers of the commands that took effect on an account, in the order in which they did. */
export async function numbersOf(store: EventStore, account: string): Promise<number[]> {
  const numbers: number[] = [];
  for (;;) {
    const page: readonly RecordedEvent[] = await store.read(`accounts-Account-${account}`, numbers.length, 1000);
    if (page.length === 0) return numbers;
    numbers.push(...page.map(({ type, data }) => numberOf(type, data)));
  }
}

function numberOf(type: string, data: unknown): number {
  if (type === 'AccountOpened') return 0;
  return type === 'TransferRecorded' ? (data as { amount: number }).amount : Number.NaN;
}
