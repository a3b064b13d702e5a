import { cleanUp, connectTo, consume, event, groupSettings, pause, startStandIn, until } from './test-client.ts';

const ANY = -2;
const PARK = 1;
const RETRY = 2;
const SKIP = 3;
const STOP = 4;

afterEach(cleanUp);

async function standInAndClient() {
  const standIn = await startStandIn();
  return { standIn, client: await connectTo(standIn) };
}

const events = (count: number) => Array.from({ length: count }, (_, index) => event(`E${index}`));

async function parked(client: Awaited<ReturnType<typeof connectTo>>, stream: string, group: string) {
  const { events: links } = await client.readStreamEventsForward(
    `$persistentsubscription-${stream}::${group}-parked`,
    0,
    100,
    true,
  );
  return links.map(({ event: target, link }) => ({
    type: target?.eventType,
    metadata: JSON.parse(String(link?.metadata)) as { added: string; reason: string },
  }));
}

test('create works on a stream that does not exist yet; a duplicate fails with a plain error', async () => {
  const { client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const consumer = await consume(client, 'a-1', 'g');
  await client.appendToStream('a-1', ANY, events(3));
  await until(() => consumer.got.length === 3);
  expect(consumer.numbers()).toEqual([0, 1, 2]);
  await expect(client.createPersistentSubscription('a-1', 'g', groupSettings())).rejects.toThrow('already exists');
});

test('$all is refused', async () => {
  const { client } = await standInAndClient();
  await expect(client.createPersistentSubscription('$all', 'g', groupSettings())).rejects.toThrow('failed');
});

test('a group that does not exist', async () => {
  const { client } = await standInAndClient();
  await expect(consume(client, 'a-1', 'g')).rejects.toThrow('not found');
  await expect(client.updatePersistentSubscription('a-1', 'g', groupSettings())).rejects.toThrow('does not exist');
  await expect(client.deletePersistentSubscription('a-1', 'g')).rejects.toThrow('does not exist');
});

test('no more consumers than the group allows', async () => {
  const { client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings({ maxConsumers: 1 }));
  await consume(client, 'a-1', 'g');
  await expect(consume(client, 'a-1', 'g')).rejects.toThrow('Maximum subscribers');
});

test('the start from the beginning must be asked for', async () => {
  const { client } = await standInAndClient();
  await client.appendToStream('a-1', ANY, events(3));
  await client.createPersistentSubscription('a-1', 'new', groupSettings({ startFrom: -1 }));
  await client.createPersistentSubscription('a-1', 'second', groupSettings({ startFrom: 1 }));
  const [fromNow, fromSecond] = [await consume(client, 'a-1', 'new'), await consume(client, 'a-1', 'second')];
  await client.appendToStream('a-1', ANY, event());
  await until(() => fromSecond.got.length === 3 && fromNow.got.length === 1);
  expect([fromNow.numbers(), fromSecond.numbers()]).toEqual([[3], [1, 2, 3]]);
});

test.each(['delete', 'update'])('%s drops the consumers with userInitiated and no error', async (change) => {
  const { client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const consumer = await consume(client, 'a-1', 'g');
  if (change === 'delete') await client.deletePersistentSubscription('a-1', 'g');
  else await client.updatePersistentSubscription('a-1', 'g', groupSettings());
  await until(() => consumer.drops.length > 0);
  expect(consumer.drops).toEqual([{ reason: 'userInitiated', error: null }]);
});

test('not resumed after a connection loss', async () => {
  const { standIn, client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const consumer = await consume(client, 'a-1', 'g');
  standIn.faults.dropConnections();
  await until(() => consumer.drops.length > 0);
  expect(consumer.drops[0]?.reason).toBe('connectionClosed');
  await client.appendToStream('a-1', ANY, event());
  await pause(50);
  expect(consumer.got).toHaveLength(0);
});

test('Park: set aside at once, as a link with when and why', async () => {
  const { client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const consumer = await consume(client, 'a-1', 'g', (subscription, resolved) =>
    subscription.fail(resolved, PARK, 'cannot be'),
  );
  await client.appendToStream('a-1', ANY, event('Odd'));
  await until(async () => (await parked(client, 'a-1', 'g')).length === 1);
  const [{ type, metadata } = { type: '', metadata: { added: '', reason: '' } }] = await parked(client, 'a-1', 'g');
  expect(type).toBe('Odd');
  expect(metadata.reason).toContain('cannot be');
  expect(Date.parse(metadata.added)).toBeGreaterThan(Date.now() - 60_000);
  expect(consumer.got).toHaveLength(1);
});

test('Retry: delivered maxRetryCount + 1 times, then parked, and later events overtake it', async () => {
  const { client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings({ maxRetryCount: 2 }));
  await client.appendToStream('a-1', ANY, events(3));
  const consumer = await consume(client, 'a-1', 'g', (subscription, resolved) => {
    if (resolved.event?.eventType === 'E0') subscription.fail(resolved, RETRY, 'not yet');
    else subscription.acknowledge(resolved);
  });
  await until(async () => (await parked(client, 'a-1', 'g')).length === 1);
  expect(consumer.numbers().filter((number) => number === 0)).toHaveLength(3);
  expect(consumer.numbers().slice(0, 4)).toEqual([0, 1, 2, 0]);
});

test.each([
  ['Skip', SKIP],
  ['Stop', STOP],
])('%s: dropped, the rest goes on', async (_name, action) => {
  const { client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const consumer = await consume(client, 'a-1', 'g', (subscription, resolved) =>
    subscription.fail(resolved, action, 'no'),
  );
  await client.appendToStream('a-1', ANY, events(20));
  await until(() => consumer.got.length === 20);
  await pause(30);
  expect(consumer.got).toHaveLength(20);
  expect(await parked(client, 'a-1', 'g')).toEqual([]);
});

test('the message timer runs while the message waits in the client: handled events are repeated and parked', async () => {
  const { client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings({ messageTimeout: 100, maxRetryCount: 2 }));
  await client.appendToStream('a-1', ANY, events(10));
  const consumer = await consume(client, 'a-1', 'g', async (subscription, resolved) => {
    await pause(40);
    subscription.acknowledge(resolved);
  });
  await until(async () => (await parked(client, 'a-1', 'g')).length > 0);
  const [first] = await parked(client, 'a-1', 'g');
  expect(first?.metadata.reason).toContain('retry');
  await until(() => consumer.got.length > 10);
  expect(consumer.got.some(({ event: target }) => target?.eventType === first?.type)).toBe(true);
});

test('stop: the running handler finishes and the rest goes to the next consumer at once', async () => {
  const { standIn, client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings({ strategy: 'DispatchToSingle' }));
  await client.appendToStream('a-1', ANY, events(10));
  let finish = () => {};
  const first = await consume(client, 'a-1', 'g', async (subscription, resolved) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    subscription.acknowledge(resolved);
  });
  await until(() => first.got.length === 1);
  const second = await consume(await connectTo(standIn), 'a-1', 'g');
  first.subscription.stop();
  finish();
  await until(() => second.got.length === 9);
  expect(second.numbers()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(first.drops[0]?.reason).toBe('userInitiated');
});

test('a consumer that vanishes: its events reach the other at once', async () => {
  const { standIn, client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings({ strategy: 'DispatchToSingle' }));
  await client.appendToStream('a-1', ANY, events(10));
  const zombie = await consume(client, 'a-1', 'g', () => pause(200));
  await until(() => zombie.got.length === 1);
  const other = await consume(await connectTo(standIn), 'a-1', 'g');
  client.close();
  await until(() => other.got.length === 10);
  expect(other.numbers()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a restart: groups and checkpoints stay, what was not checkpointed is repeated', async () => {
  const { standIn, client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const before = await consume(client, 'a-1', 'g');
  await client.appendToStream('a-1', ANY, events(5));
  await until(() => before.got.length === 5);
  const checkpoints = '$persistentsubscription-a-1::g-checkpoint';
  await until(async () => {
    const slice = await client.readStreamEventsBackward(checkpoints, -1, 1);
    return String(slice.events[0]?.event?.data) === '4';
  });
  await standIn.kill();
  await standIn.start();
  const after = await consume(await connectTo(standIn), 'a-1', 'g');
  await client.appendToStream('a-1', ANY, events(2));
  await until(() => after.got.length === 3);
  expect(after.numbers()).toEqual([4, 5, 6]);
});

test('fewer events than minCheckPointCount leave no checkpoint: a restart begins again', async () => {
  const { standIn, client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings({ minCheckPointCount: 10 }));
  const before = await consume(client, 'a-1', 'g');
  await client.appendToStream('a-1', ANY, events(5));
  await until(() => before.got.length === 5);
  await pause(60);
  await standIn.kill();
  await standIn.start();
  const after = await consume(await connectTo(standIn), 'a-1', 'g');
  await until(() => after.got.length === 5);
});

test('maxCheckPointCount events are enough for a checkpoint without waiting', async () => {
  const { client } = await standInAndClient();
  const settings = groupSettings({ checkPointAfter: 60_000, minCheckPointCount: 5, maxCheckPointCount: 20 });
  await client.createPersistentSubscription('a-1', 'g', settings);
  await client.appendToStream('a-1', ANY, events(30));
  await consume(client, 'a-1', 'g');
  const checkpoints = '$persistentsubscription-a-1::g-checkpoint';
  await until(async () => (await client.readStreamEventsForward(checkpoints, 0, 10)).status === 'success');
});

test('without credentials: access denied', async () => {
  const { standIn, client } = await standInAndClient();
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const anonymous = await connectTo(standIn, { defaultUserCredentials: null as never });
  const attempt = anonymous.connectToPersistentSubscription('a-1', 'g', () => {});
  await expect(attempt).rejects.toThrow('do not have access');
  await expect(anonymous.createPersistentSubscription('a-1', 'h', groupSettings())).rejects.toThrow('denied');
});
