import { randomUUID } from 'node:crypto';
import { eventually, freshContext, newEvents } from '@daybook/test-support';
import { cleanUp, rawClient, rawEvent, startBoth } from './test-support.ts';

afterEach(cleanUp);

test('links to deleted streams, $metadata and tombstones are passed over, and the paging goes on', async () => {
  const { server, store } = await startBoth();
  const { client, user } = await rawClient(server.url);
  const context = freshContext();
  const stream = (n: number) => `${context}-Thing-${n}`;
  for (let n = 0; n < 30; n++) await store.append(stream(n), 'no-stream', newEvents(2));
  for (let n = 0; n < 20; n++) {
    if (n % 2 === 0) await client.setStreamMetadataRaw(stream(n), -1, { $maxCount: 1 }, user);
    else await client.deleteStream(stream(n), 1, n % 4 === 1, user);
  }
  await store.append(stream(99), 'no-stream', newEvents(2));
  const expected = [...Array(30).keys()].filter((n) => n >= 20).concat(99);
  const whole = (streamIds: readonly string[]) =>
    expected.filter((n) => streamIds.filter((id) => id === stream(n)).length === 2);
  await eventually('the category', async () => {
    const feed = await store.readFeed(context, 0, 1000);
    return whole(feed.map(({ streamId }) => streamId)).length === expected.length;
  });
  const few = await store.readFeed(context, 0, 15);
  expect(few).toHaveLength(15);
  expect(few.every(({ type }) => type === 'Happened')).toBe(true);
  const rest = await store.readFeed(context, few.at(-1)?.position ?? 0, 1000);
  expect(whole([...few, ...rest].map(({ streamId }) => streamId))).toEqual(expected);
});

test('the feed begins after a position: 0 is before all, and each goes on behind the last', async () => {
  const { store } = await startBoth();
  const context = freshContext();
  for (let n = 0; n < 5; n++) await store.append(`${context}-Thing-${n}`, 'no-stream', newEvents(1));
  await eventually('the category', async () => (await store.readFeed(context, 0, 10)).length === 5);
  expect((await store.readFeed(context, 0, 10)).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
  expect((await store.readFeed(context, 2, 2)).map(({ position }) => position)).toEqual([3, 4]);
  expect(await store.readFeed(context, 5, 2)).toEqual([]);
});

test('the category is what is before the first dash', async () => {
  const { store } = await startBoth();
  const context = freshContext();
  await store.append(`${context}-Thing-1-2-3`, 'no-stream', newEvents(1));
  const [event] = await eventually('the category', async () => {
    const feed = await store.readFeed(context, 0, 10);
    return feed.length > 0 && feed;
  });
  expect(event?.streamId).toBe(`${context}-Thing-1-2-3`);
});

test('more than 4,096 events in one answer are not asked for', async () => {
  const { store } = await startBoth();
  const context = freshContext();
  for (let n = 0; n < 10; n++)
    await store.append(`${context}-Thing-1`, n === 0 ? 'no-stream' : n * 500 - 1, newEvents(500));
  expect(await store.read(`${context}-Thing-1`, 0, 1_000_000)).toHaveLength(5000);
  expect(await store.readBackwards(`${context}-Thing-1`, 'end', 1_000_000)).toHaveLength(5000);
});

test('no Long leaves the adapter, and events that others wrote without metadata are read', async () => {
  const { server, store } = await startBoth();
  const { client, user } = await rawClient(server.url);
  const stream = `${freshContext()}-Thing-1`;
  await client.appendToStream(stream, -1, rawEvent(randomUUID(), '{"a":1}'), user);
  const appended = await store.append(stream, 0, newEvents(1));
  const read = [...(await store.read(stream, 0, 10)), ...(await store.readBackwards(stream, 'end', 10))];
  expect(JSON.stringify([appended, read])).not.toMatch(/"(low|high|unsigned)"/);
  expect(read[0]).toMatchObject({ data: { a: 1 }, metadata: {}, revision: 0 });
});
