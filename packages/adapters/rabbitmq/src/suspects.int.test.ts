import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandHandler, type ReceivedCommand, silent } from '@daybook/core';
import { partitionOf } from './partition.ts';
import { acceptAll, accepted, commandOf, eventually, TestBroker } from './test-broker.ts';
import { startProxy } from './test-proxy.ts';

const broker = new TestBroker();
beforeAll(() => broker.start(), 120_000);
// Services that were cut off for good take their time to close.
afterEach(() => broker.closeAll(), 120_000);
afterAll(() => broker.stop(), 60_000);

/** Commands of one partition: they are in one queue, and in the same hands. */
function idsOfOnePartition(count: number): string[] {
  const ids: string[] = [];
  for (let n = 0; ids.length < count; n++) if (partitionOf(`c-${n}`) === 3) ids.push(`c-${n}`);
  return ids;
}

/** Has commands delivered to a client whose connection is then gone, without their having been tried. */
async function loseConnections(queue: string, times: number): Promise<void> {
  for (let lost = 0; lost < times; lost++) {
    const connection = await broker.plain();
    const channel = await connection.createChannel();
    await new Promise<void>((resolve) => {
      void channel.consume(queue, () => resolve());
    });
    await connection.close();
  }
}

async function parkedCodes(): Promise<[unknown, unknown][]> {
  const channel = await (await broker.plain()).createChannel();
  const codes: [unknown, unknown][] = [];
  for (;;) {
    const message = await channel.get('commands.loans.parked', { noAck: true });
    if (message === false) return codes;
    codes.push([message.properties.messageId, message.properties.headers?.['x-parked-code']]);
  }
}

test('connections that break while a command waits do not count against it, however often', async () => {
  const client = await broker.bus();
  await client.publish(commandOf('c-1'));
  const queue = `commands.loans.${partitionOf('c-1')}`;
  for (let round = 0; round < 2; round++) {
    // RabbitMQ sets a command aside when it has come 20 times.
    await loseConnections(queue, 15);
    const service = await broker.bus({ closeTimeoutMs: 10 });
    let begun = () => {};
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const waitForEver: CommandHandler = async () => {
      begun();
      return new Promise(() => {});
    };
    await service.consume('loans', waitForEver);
    await isBegun;
    await service.close();
  }
  const seen: ReceivedCommand[] = [];
  await (await broker.bus()).consume('loans', acceptAll(seen));
  await eventually(() => seen.some(({ commandId }) => commandId === 'c-1'));
  expect(await parkedCodes()).toEqual([]);
}, 60_000);

test('what ends one command-service after the other is parked, and what was in their hands with it is not', async () => {
  const ids = idsOfOnePartition(6);
  const killer = ids[2];
  const client = await broker.bus();
  for (const id of ids) await client.publish(commandOf(id));
  const done = new Set<string | undefined>();
  let ended = 0;
  const parked: [unknown, unknown][] = [];
  for (; parked.length === 0 && ended < 30; ended++) {
    const proxy = await startProxy(broker.server.url);
    const service = await broker.bus({ url: proxy.url, log: silent, closeTimeoutMs: 10 });
    let end = () => {};
    const ends = new Promise<void>((resolve) => {
      end = resolve;
    });
    // Begun together with the killer, the others are in hand when it ends the service.
    const handle: CommandHandler = async ({ commandId }: ReceivedCommand) => {
      if (commandId === killer) {
        end();
        await new Promise(() => {});
      }
      await sleep(50);
      done.add(commandId);
      return { reply: accepted(commandId) };
    };
    await service.consume('loans', handle);
    await Promise.race([ends, sleep(3_000)]);
    // As `kill -9` does: nothing is said any more.
    await proxy.close();
    parked.push(...(await parkedCodes()));
  }
  expect(parked).toEqual([[killer, 'ends_its_consumer']]);
  const rest = await broker.bus();
  const seen: ReceivedCommand[] = [];
  await rest.consume('loans', acceptAll(seen));
  await eventually(() => ids.every((id) => id === killer || done.has(id) || seen.some((one) => one.commandId === id)));
  expect(await parkedCodes()).toEqual([]);
}, 180_000);
