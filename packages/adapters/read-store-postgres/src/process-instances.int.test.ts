import {
  boundedContext,
  type CommandMessage,
  type ConsumerHost,
  processManager,
  type RecordedEvent,
  type StatefulProcessManager,
  silent,
} from '@daybook/core';
import { connectDatabase, type Database } from '@daybook/postgres';
import { startTestPostgres, type TestServer } from '@daybook/test-support';
import { recordedEvents } from '@daybook/testing';
import { beginProcessManagers } from './begin-process-managers.ts';
import { type Consumers, connectConsumers, createConsumers } from './consumers.ts';

let server: TestServer;
let database: Database;
let consumers: Consumers;

beforeAll(async () => {
  server = await startTestPostgres();
  database = connectDatabase({ url: server.url, applicationName: 'test', log: silent });
  await createConsumers({ url: server.url, consumers: [], log: silent });
  consumers = connectConsumers({ url: server.url, log: silent });
}, 120_000);
afterAll(async () => {
  await consumers?.close();
  await database?.close();
  await server?.remove();
}, 60_000);

type Counted = { type: 'Counted' | 'Closed'; data: { id: string } };
type Tell = { type: 'Tell'; data: { id: string; n: number } };

/** Counts, and tells each number. */
const counter = (name: string, more: Partial<StatefulProcessManager> = {}) =>
  ({
    ...processManager<number, Counted, Tell>({
      name,
      version: 1,
      reactsTo: ['Counted', 'Closed'],
      startedBy: ['Counted'],
      correlate: ({ data }) => data.id,
      initial: 0,
      evolve: (n, { type }) => (type === 'Closed' ? -1 : n + 1),
      react: (n, { data }) => [{ type: 'Tell', data: { id: data.id, n } }],
      isOver: (n) => n < 0,
    }),
    ...more,
  }) as StatefulProcessManager;

const events = recordedEvents(
  ...(['a', 'b', 'a', 'a'] as const).map((id) => [`test-Thing-${id}`, { type: 'Counted', data: { id } }] as const),
  ['test-Thing-a', { type: 'Closed', data: { id: 'a' } }],
);

/** @param head of the feed when it is deployed */
async function deploy(manager: StatefulProcessManager, head: number) {
  const context = boundedContext({ name: 'test', aggregates: [], processManagers: [manager] });
  await beginProcessManagers({ url: server.url, contexts: [context], headOf: async () => head, log: silent });
}

/** Hands over the events that a service would. @returns what it sent */
async function run(manager: StatefulProcessManager, some: readonly RecordedEvent[], host: ConsumerHost = consumers) {
  const sent: CommandMessage[] = [];
  const bound = host.bindProcessManager('test', manager, async (command) => void sent.push(command));
  await bound.checkpoint.load();
  await bound.handle(some, some.at(-1)?.position ?? 0);
  return sent.map(({ command, commandId }) => ({ ...(command.data as Tell['data']), commandId }));
}

const numbers = (sent: readonly Tell['data'][]) => sent.map(({ id, n }) => `${id}${n}`);

test('instances are kept from batch to batch, and listed until they end', async () => {
  const manager = counter('Keeps');
  await deploy(manager, 0);
  expect(numbers(await run(manager, events.slice(0, 2)))).toEqual(['a1', 'b1']);
  expect(numbers(await run(manager, events.slice(2, 4)))).toEqual(['a2', 'a3']);
  const listed = () => consumers.listInstances({ processManager: 'Keeps', ended: false, limit: 10 });
  expect(await listed()).toMatchObject([
    { processManager: 'Keeps', version: 1, id: 'b', state: 1 },
    { id: 'a', state: 3, isOver: false, last: { type: 'Counted', position: 4 } },
  ]);
  await run(manager, events.slice(4));
  expect((await listed()).map(({ id }) => id)).toEqual(['b']);
  const all = await consumers.listInstances({ processManager: 'Keeps', ended: true, limit: 10 });
  expect(all.map(({ id, isOver }) => [id, isOver])).toEqual([
    ['b', false],
    ['a', true],
  ]);
});

test('what was sent before a crash is sent again, as the same commands', async () => {
  const manager = counter('Crashes');
  await deploy(manager, 0);
  const sent: CommandMessage[] = [];
  const crashing = consumers.bindProcessManager('test', manager, async (command) => {
    sent.push(command);
    if (sent.length === 4) throw new Error('killed');
  });
  await crashing.checkpoint.load();
  await expect(crashing.handle(events.slice(0, 4), 4)).rejects.toThrow('killed');
  const again = await run(manager, events.slice(0, 4));
  expect(again.map(({ commandId }) => commandId)).toEqual(sent.map(({ commandId }) => commandId));
  expect(numbers(again)).toEqual(['a1', 'b1', 'a2', 'a3']);
});

test('a new one in an old system acts from now on, unless it says otherwise; its state has all', async () => {
  const now = counter('FromNow');
  await deploy(now, 2);
  expect(numbers(await run(now, events.slice(0, 4)))).toEqual(['a2', 'a3']);
  const beginning = counter('FromBeginning', { from: 'beginning' });
  await deploy(beginning, 2);
  expect(numbers(await run(beginning, events.slice(0, 4)))).toEqual(['a1', 'b1', 'a2', 'a3']);
});

test('a raised version folds all anew, and acts from where the one before is', async () => {
  const first = counter('Raised');
  await deploy(first, 0);
  await run(first, events.slice(0, 3));
  const second = counter('Raised', { version: 2, evolve: (n) => (n as number) + 10 });
  await deploy(second, 5);
  expect(numbers(await run(second, events.slice(0, 4)))).toEqual(['a30']);
});

test('one that was never migrated to waits, and says what to run', async () => {
  await expect(run(counter('Unknown'), events)).rejects.toThrow(
    /no version 1 of the process manager Unknown; run 'daybook migrate' with this version of the app/,
  );
});
