import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandBus, type CommandHandler, type CommandMessage, type ReceivedCommand, silent } from '@daybook/core';
import { loans } from '@daybook/loans';
import { type LocalServer, requireRabbitmq } from '@daybook/local-servers';
import { type ChannelModel, type ConfirmChannel, connect, type GetMessage } from 'amqplib';
import { connectRabbitmq, type RabbitmqOptions } from './connect-rabbitmq.ts';
import { commandQueuesOf, parkedQueueOf } from './topology.ts';

/** A private broker for one test file, and what was opened on it. */
export class TestBroker {
  readonly #folder = mkdtempSync(join(tmpdir(), 'daybook-test-'));
  readonly #opened: { close(): Promise<void> }[] = [];
  #server: LocalServer | undefined;

  async start(): Promise<void> {
    this.#server = await requireRabbitmq({ folder: join(this.#folder, 'rabbitmq') });
  }

  get server(): LocalServer {
    if (this.#server === undefined) throw new Error('the broker is not started');
    return this.#server;
  }

  /** A bus that `closeAll` closes; it serves `loans` unless the options say otherwise. */
  async bus(options: Partial<RabbitmqOptions> = {}): Promise<CommandBus> {
    const bus = await connectRabbitmq({ url: this.server.url, contexts: [loans], log: silent, ...options });
    this.#opened.push(bus);
    return bus;
  }

  /** amqplib without anything of this package. */
  async plain(): Promise<ChannelModel> {
    const connection = await connect(this.server.url, { noDelay: true });
    connection.on('error', () => {});
    this.#opened.push(connection);
    return connection;
  }

  /** Commands of `loans` that wait in its queues, and were delivered to nobody. */
  async waiting(): Promise<number> {
    const connection = await connect(this.server.url, { noDelay: true });
    const channel = await connection.createChannel();
    let waiting = 0;
    for (const queue of commandQueuesOf('loans')) waiting += (await channel.checkQueue(queue)).messageCount;
    await connection.close();
    return waiting;
  }

  /** Takes the next one out of the parked queue of `loans`. */
  async parked(): Promise<GetMessage> {
    const channel = await (await this.plain()).createChannel();
    for (let message: GetMessage | false = false; ; ) {
      await eventually(async () => {
        message = await channel.get(parkedQueueOf('loans'), { noAck: true });
        return message !== false;
      });
      if (message !== false) return message;
    }
  }

  /** Closes connections, and deletes the queues of the contexts. */
  async closeAll(...contexts: string[]): Promise<void> {
    for (const one of this.#opened.splice(0).reverse()) await one.close().catch(() => {});
    const connection = await this.plain();
    const channel = await connection.createChannel();
    for (const context of ['loans', ...contexts]) {
      for (const queue of [...commandQueuesOf(context), parkedQueueOf(context)]) await channel.deleteQueue(queue);
    }
    await connection.close();
    this.#opened.length = 0;
  }

  async stop(): Promise<void> {
    await this.#server?.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A command of `loans` that no schema has seen; by its message id it goes to any partition. */
export function commandOf(commandId: string, data: unknown = {}): CommandMessage {
  return { context: 'loans', command: { type: 'RequestLoan', data }, commandId };
}

/** A command of one loan, the same each time: all in one partition, so that they have an order. */
export function commandOfLoan(commandId: string, loan_application_uuid = LOAN): CommandMessage {
  return commandOf(commandId, { loan_application_uuid });
}

/** Of partition 8. */
const LOAN = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

/** What a handler that accepts everything answers. */
export function accepted(commandId: string | undefined) {
  const command_id = commandId ?? 'none';
  const stream = 'loans-LoanRequest-1';
  return { status: 'accepted', command_id, stream, revision: 0, token: `${stream}@0`, events: [] } as const;
}

/** Accepts everything, and remembers it in the order it came. */
export function acceptAll(seen: ReceivedCommand[] = []): CommandHandler {
  return async (received) => {
    seen.push(received);
    return { reply: accepted(received.commandId) };
  };
}

/** Waits until the condition holds. @throws Error after so many seconds */
export async function eventually(condition: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it did not come about within ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Publishes as any client could, that knows nothing of Daybook; resolves once the broker has confirmed. */
export function publishPlainly(
  channel: ConfirmChannel,
  key: string,
  body: string,
  properties: object = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { type: 'RequestLoan', messageId: randomUUID(), mandatory: true, ...properties };
    channel.publish('commands', key, Buffer.from(body), options, (error: unknown) =>
      error ? reject(error as Error) : resolve(),
    );
  });
}
