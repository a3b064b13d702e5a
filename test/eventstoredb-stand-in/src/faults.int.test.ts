import {
  cleanUp,
  connectTo,
  consume,
  event,
  groupSettings,
  num,
  pause,
  startStandIn,
  typesOf,
  until,
} from './test-client.ts';

const ANY = -2;
const NO_STREAM = -1;

afterEach(cleanUp);

async function standInAndClient() {
  const standIn = await startStandIn();
  return { standIn, faults: standIn.faults, client: await connectTo(standIn) };
}

const events = (count: number) => Array.from({ length: count }, (_, index) => event(`E${index}`));

test('connection dropped before the write: the client sends it again, it is stored once', async () => {
  const { faults, client } = await standInAndClient();
  const fault = faults.dropBeforeWrite({ stream: 'a-1' });
  await client.appendToStream('b-1', NO_STREAM, event());
  expect(num((await client.appendToStream('a-1', NO_STREAM, event())).nextExpectedVersion)).toBe(0);
  expect([fault.fired, (await typesOf(client, 'a-1')).length]).toEqual([1, 1]);
});

test('connection dropped after the write, answer lost: it settles all the same, the event is stored once', async () => {
  const { faults, client } = await standInAndClient();
  const fault = faults.dropAfterWrite({ stream: 'a-1' });
  expect(num((await client.appendToStream('a-1', NO_STREAM, event())).nextExpectedVersion)).toBe(0);
  expect([fault.fired, (await typesOf(client, 'a-1')).length]).toEqual([1, 1]);
});

test('answer lost and recent ids forgotten, any: stored twice', async () => {
  const { standIn, faults, client } = await standInAndClient();
  const reader = await connectTo(standIn);
  faults.dropAfterWrite();
  const append = client.appendToStream('a-1', ANY, event());
  await until(async () => (await typesOf(reader, 'a-1')).length === 1);
  faults.forgetRecentIds();
  await append;
  expect(await typesOf(reader, 'a-1')).toHaveLength(2);
});

test('a held answer: the write is done, the caller waits until it is released', async () => {
  const { standIn, faults, client } = await standInAndClient();
  const held = faults.holdAnswers({ command: 'WriteEvents' });
  let settled = false;
  const append = client.appendToStream('a-1', NO_STREAM, event()).then(() => {
    settled = true;
  });
  const reader = await connectTo(standIn);
  await until(async () => (await typesOf(reader, 'a-1')).length === 1);
  await pause(50);
  expect([settled, held.fired]).toEqual([false, 1]);
  held.release();
  await append;
});

test('an answer held for a time', async () => {
  const { faults, client } = await standInAndClient();
  faults.holdAnswers({ command: 'ReadStreamEventsForward', ms: 100 });
  const start = Date.now();
  await client.readStreamEventsForward('a-1', 0, 1);
  expect(Date.now() - start).toBeGreaterThanOrEqual(99);
});

test('close() with an append in flight rejects although it was stored', async () => {
  const { standIn, faults, client } = await standInAndClient();
  const held = faults.holdAnswers({ command: 'WriteEvents' });
  const append = client.appendToStream('a-1', NO_STREAM, event());
  append.catch(() => {});
  await until(() => held.fired === 1);
  client.close();
  await expect(append).rejects.toThrow('closed');
  expect(await typesOf(await connectTo(standIn), 'a-1')).toHaveLength(1);
});

test('mute: accepted, never answered', async () => {
  const { standIn, faults, client } = await standInAndClient();
  const mute = faults.mute();
  let settled = false;
  const append = client.appendToStream('a-1', NO_STREAM, event()).then(() => {
    settled = true;
  });
  await pause(100);
  expect(settled).toBe(false);
  expect(mute.fired).toBeGreaterThan(0);
  mute.cancel();
  standIn.faults.dropConnections();
  await append;
});

test.each(['NotReady', 'TooBusy', 'IsReadOnly'] as const)('%s: the client tries again', async (reason) => {
  const { faults, client } = await standInAndClient();
  const fault = faults.notHandled(reason, { command: 'WriteEvents', times: 2 });
  await client.appendToStream('a-1', NO_STREAM, event());
  expect([fault.fired, (await typesOf(client, 'a-1')).length]).toEqual([2, 1]);
});

test('a duplicated delivery', async () => {
  const { faults, client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const fault = faults.duplicateDelivery({ stream: 'a-1', group: 'g', times: 2 });
  const consumer = await consume(client, 'a-1', 'g');
  await client.appendToStream('a-1', ANY, events(3));
  await until(() => consumer.got.length === 5);
  expect([consumer.numbers(), fault.fired]).toEqual([[0, 0, 1, 1, 2], 2]);
});

test('retries out of order', async () => {
  const { standIn, faults, client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings({ strategy: 'DispatchToSingle' }));
  await client.appendToStream('a-1', ANY, events(6));
  await consume(client, 'a-1', 'g', () => pause(100), 4);
  const fault = faults.reorderRetries({ group: 'g' });
  const other = await consume(await connectTo(standIn), 'a-1', 'g', () => {}, 6);
  await until(() => other.got.length === 2);
  client.close();
  await until(() => other.got.length === 6);
  expect([other.numbers(), fault.fired]).toEqual([[4, 5, 3, 2, 1, 0], 1]);
});

test('a group dropped: each consumer is told, the group stays', async () => {
  const { faults, client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const consumers = [await consume(client, 'a-1', 'g'), await consume(client, 'a-1', 'g')];
  expect(faults.dropGroup('a-1', 'g')).toBe(2);
  await until(() => consumers.every(({ drops }) => drops.length === 1));
  const again = await consume(client, 'a-1', 'g');
  await client.appendToStream('a-1', ANY, event());
  await until(() => again.got.length === 1);
});

test("only consumers' connections dropped", async () => {
  const { standIn, faults, client } = await standInAndClient();
  const writer = await connectTo(standIn);
  let writerLost = false;
  writer.on('disconnected', () => {
    writerLost = true;
  });
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const consumer = await consume(client, 'a-1', 'g');
  expect(faults.dropConsumers({ group: 'another' })).toBe(0);
  expect(faults.dropConsumers({ stream: 'a-1', group: 'g' })).toBe(1);
  await until(() => consumer.drops.length === 1);
  expect([consumer.drops[0]?.reason, writerLost]).toEqual(['connectionClosed', false]);
});

test('category links delayed', async () => {
  const { faults, client } = await standInAndClient();
  faults.delayCategoryLinks(200);
  await client.appendToStream('a-1', ANY, event());
  await pause(100);
  expect(await typesOf(client, '$ce-a')).toEqual([]);
  await until(async () => (await typesOf(client, '$ce-a')).length === 1);
});

test('a cancelled fault does not happen', async () => {
  const { faults, client } = await standInAndClient();
  const fault = faults.dropBeforeWrite();
  fault.cancel();
  await client.appendToStream('a-1', NO_STREAM, event());
  expect(fault.fired).toBe(0);
});
