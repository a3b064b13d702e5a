import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandBus, type Consumer, KeyedQueue, type ReceivedCommand } from '@daybook/core';
import { PARTITIONS, partitionOf } from './partition.ts';
import {
  acceptAll,
  accepted,
  commandOf,
  commandOfLoan,
  eventually,
  publishPlainly,
  TestBroker,
} from './test-broker.ts';
import { startProxy } from './test-proxy.ts';
import { commandQueuesOf, partitionQueueOf } from './topology.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
afterEach(() => broker.closeAll(), 30_000);
afterAll(() => broker.stop(), 60_000);

const LOANS = Array.from({ length: 20 }, () => randomUUID());
/** Slower than publishing, so that there is always something in hand. */
const HANDLING_MS = 16;
const PUBLISHING_MS = 8;

/** What several command-services were handed: each does the commands of one loan one after the other. */
class Handled {
  readonly #busy = new Map<string, string>();
  /** By loan, the numbers of its commands in the order in which they were begun. */
  readonly numbers = new Map<string, number[]>();
  /** Loans that two services had in hand at once. */
  readonly overlaps: string[] = [];

  by(service: string) {
    const keyedQueue = new KeyedQueue();
    return ({ body, commandId }: ReceivedCommand) => {
      const { loan_application_uuid: loan, amount } = JSON.parse(String(body)) as CommandData;
      return keyedQueue.run(loan, async () => {
        const other = this.#busy.get(loan);
        if (other !== undefined) this.overlaps.push(`${loan}: ${other} and ${service}`);
        this.#busy.set(loan, service);
        this.numbers.set(loan, [...(this.numbers.get(loan) ?? []), amount]);
        await sleep(Math.random() * 2 * HANDLING_MS);
        this.#busy.delete(loan);
        return { reply: accepted(commandId) };
      });
    };
  }
}

interface CommandData {
  readonly loan_application_uuid: string;
  readonly amount: number;
}

/** Publishes the numbered commands of every loan until told to stop. @returns how many of each, once all are confirmed */
function publishSteadily(publish: (loan: string, amount: number) => Promise<void>) {
  let stopping = false;
  const publishing: Promise<void>[] = [];
  async function run(): Promise<number> {
    let amount = 0;
    for (; !stopping; amount++) {
      for (const loan of LOANS) publishing.push(publish(loan, amount));
      await sleep(PUBLISHING_MS);
    }
    await Promise.all(publishing);
    return amount;
  }
  const running = run();
  return () => {
    stopping = true;
    return running;
  };
}

/** As any client could, that knows nothing of partitions. */
async function plainPublisher() {
  const channel = await (await broker.plain()).createConfirmChannel();
  return (loan: string, amount: number) =>
    publishPlainly(channel, 'loans.RequestLoan', JSON.stringify({ loan_application_uuid: loan, amount }));
}

const knowing = (bus: CommandBus) => (loan: string, amount: number) =>
  bus.publish(commandOf(randomUUID(), { loan_application_uuid: loan, amount }));

async function consumersOf(queue: string): Promise<number> {
  const connection = await broker.plain();
  const channel = await connection.createChannel();
  const { consumerCount } = await channel.checkQueue(queue);
  await connection.close();
  return consumerCount;
}

const numbersUpTo = (count: number) => Array.from({ length: count }, (_, number) => number);
const everyQueueHasOneConsumer = async () => {
  for (const queue of commandQueuesOf('loans')) if ((await consumersOf(queue)) !== 1) return false;
  return true;
};

test.each(['that knows partitions', 'that knows nothing of them'])(
  'nothing is lost, done twice or out of order, while services come and go: from a publisher %s',
  async (who) => {
    const handled = new Handled();
    const bus = await broker.bus();
    const start = async (name: string): Promise<Consumer> => (await broker.bus()).consume('loans', handled.by(name));
    const first = await start('first');
    const end = publishSteadily(who === 'that knows partitions' ? knowing(bus) : await plainPublisher());
    const second = await start('second');
    const [third, fourth] = await Promise.all([start('third'), start('fourth')]);
    await sleep(500);
    await first.stop();
    await Promise.all([third.stop(), start('fifth')]);
    await sleep(500);
    const count = await end();
    await eventually(() => LOANS.every((loan) => (handled.numbers.get(loan)?.length ?? 0) >= count), 40);
    for (const loan of LOANS) expect(handled.numbers.get(loan)).toEqual(numbersUpTo(count));
    expect(handled.overlaps).toEqual([]);
    await eventually(everyQueueHasOneConsumer);
    await Promise.all([second.stop(), fourth.stop()]);
  },
  60_000,
);

test('the share of a service that is gone without a word is taken over by the others', async () => {
  const handled = new Handled();
  const proxy = await startProxy(broker.server.url);
  const killed = await broker.bus({ url: proxy.url });
  await killed.consume('loans', handled.by('killed'));
  await (await broker.bus()).consume('loans', handled.by('other'));
  await eventually(everyQueueHasOneConsumer);
  const end = publishSteadily(knowing(await broker.bus()));
  await sleep(200);
  await proxy.close();
  await eventually(everyQueueHasOneConsumer);
  await sleep(200);
  const count = await end();
  // What it had begun is begun again: whose outcome was recorded is answered from the record.
  const once = (loan: string) => [...new Set(handled.numbers.get(loan))];
  // Publishing went on while nobody had the share, faster than it is handled: the backlog takes its time.
  await eventually(() => LOANS.every((loan) => once(loan).length === count), 60);
  for (const loan of LOANS) expect(once(loan)).toEqual(numbersUpTo(count));
}, 120_000);

test('who joins shares with the others at once, and who leaves leaves nothing waiting', async () => {
  const seen = [0, 0, 0];
  const services = await Promise.all(seen.map(() => broker.bus()));
  const counting =
    (index: number) =>
    async ({ commandId }: ReceivedCommand) => {
      seen[index] = (seen[index] ?? 0) + 1;
      return { reply: accepted(commandId) };
    };
  const consumers: Consumer[] = [];
  for (const [index, bus] of services.entries()) consumers.push(await bus.consume('loans', counting(index)));
  await eventually(everyQueueHasOneConsumer);
  const bus = await broker.bus();
  /** One command of each partition; partitions of 3 services are 5 or 6 each. */
  const oneEach = async (round: string) => {
    const ids = new Map<number, string>();
    for (let n = 0; ids.size < PARTITIONS; n++) ids.set(partitionOf(`${round}-${n}`), `${round}-${n}`);
    seen.fill(0);
    await Promise.all([...ids.values()].map((id) => bus.request(commandOf(id), { timeoutMs: 10_000 })));
    return [...seen].sort();
  };
  await eventually(async () => String(await oneEach('a')) === '5,5,6');
  await consumers[1]?.stop();
  await eventually(async () => String(await oneEach('b')) === '0,8,8');
}, 60_000);

test('a partition that a publisher got wrong costs order, and nothing else', async () => {
  const seen: ReceivedCommand[] = [];
  const bus = await broker.bus();
  await bus.consume('loans', acceptAll(seen));
  const channel = await (await broker.plain()).createConfirmChannel();
  const { command } = commandOfLoan('c-1');
  await publishPlainly(channel, 'loans.RequestLoan.3', JSON.stringify(command.data), { messageId: 'c-1' });
  await eventually(() => seen.length === 1);
  expect(partitionQueueOf('loans', 3)).toBe('commands.loans.3');
});
