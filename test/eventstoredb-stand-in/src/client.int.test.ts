import { createConnection } from 'node-eventstore-client';
import { cleanUp, connectTo, consume, event, groupSettings, pause, startStandIn, until } from './test-client.ts';

/** What the client does by itself, and an adapter has to know. */
const ANY = -2;
const NO_STREAM = -1;

afterEach(cleanUp);

test('connect() resolves with the server down', async () => {
  const standIn = await startStandIn();
  await standIn.stop();
  const client = createConnection({}, `tcp://127.0.0.1:${new URL(standIn.url).port}`);
  client.on('error', () => {});
  await client.connect();
  client.close();
});

test('versions are Long objects', async () => {
  const client = await connectTo(await startStandIn());
  const { nextExpectedVersion } = await client.appendToStream('a-1', NO_STREAM, event());
  expect(JSON.parse(JSON.stringify(nextExpectedVersion))).toEqual({ low: 0, high: 0, unsigned: false });
});

test('a stream name that is not a string never settles', async () => {
  const client = await connectTo(await startStandIn());
  let settled = false;
  const done = () => {
    settled = true;
  };
  client.appendToStream(7 as never, ANY, event()).then(done, done);
  await pause(100);
  expect(settled).toBe(false);
});

test('a handler that throws drops the whole subscription', async () => {
  const client = await connectTo(await startStandIn());
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const consumer = await consume(client, 'a-1', 'g', () => {
    throw new Error('broken');
  });
  await client.appendToStream('a-1', ANY, [event(), event()]);
  await until(() => consumer.drops.length === 1);
  expect(consumer.drops[0]?.reason).toBe('eventHandlerException');
});

test('a peer that never answers: an operation does not settle', async () => {
  const standIn = await startStandIn();
  standIn.faults.mute();
  const { port } = new URL(standIn.url);
  const client = createConnection({ maxReconnections: -1 }, `tcp://127.0.0.1:${port}`);
  client.on('error', () => {});
  let settled = false;
  await client.connect();
  const append = client.appendToStream('a-1', ANY, event()).then(() => {
    settled = true;
  });
  append.catch(() => {});
  await pause(200);
  expect(settled).toBe(false);
  client.close();
});

test('a subscription that dropped can still call its handler: what was on its way arrives', async () => {
  const client = await connectTo(await startStandIn());
  await client.createPersistentSubscription('a-1', 'g', groupSettings());
  const consumer = await consume(client, 'a-1', 'g', () => {
    throw new Error('broken');
  });
  await client.appendToStream('a-1', ANY, [event(), event(), event()]);
  await until(() => consumer.drops.length === 1 && consumer.got.length > 1);
});
