import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterFault, type EventStore, type NewEvent } from '@daybook/core';
import { freshContext, newEvents } from '@daybook/test-support';
import { cleanUp, connectTo, rawClient, rawEvent, startBoth, startServer } from './test-support.ts';

afterEach(cleanUp);

const freshStream = () => `${freshContext()}-Thing-1`;
const revisions = async (store: EventStore, stream: string) =>
  (await store.read(stream, 0, 5000)).map(({ revision }) => revision);

test('the answer is lost after the write, with the connection: success, stored once', async () => {
  const { server, store } = await startBoth();
  const stream = freshStream();
  await store.ping();
  const lost = server.faults.dropAfterWrite({ stream });
  expect(await store.append(stream, 'no-stream', newEvents(3))).toEqual({ revision: 2 });
  expect(lost.fired).toBe(1);
  expect(await revisions(store, stream)).toEqual([0, 1, 2]);
});

test('the connection is lost before the write: success, stored once', async () => {
  const { server, store } = await startBoth();
  const stream = freshStream();
  await store.ping();
  const lost = server.faults.dropBeforeWrite({ stream });
  expect(await store.append(stream, 'no-stream', newEvents(3))).toEqual({ revision: 2 });
  expect(lost.fired).toBe(1);
  expect(await revisions(store, stream)).toEqual([0, 1, 2]);
});

test('the answer does not come in time: the stream is read, and says that it was stored', async () => {
  const { server, store } = await startBoth({ deadlineMs: 1000 });
  const stream = freshStream();
  const held = server.faults.holdAnswers({ command: 'WriteEvents', stream, times: 10 });
  expect(await store.append(stream, 'no-stream', newEvents(2))).toEqual({ revision: 1 });
  held.release();
});

test('nothing can be found out in time: Unavailable, and the same events again succeed as they did', async () => {
  const { server, store } = await startBoth({ deadlineMs: 600 });
  const stream = freshStream();
  const events = newEvents(2);
  const answers = server.faults.holdAnswers({ times: 100 });
  const error = await store.append(stream, 'no-stream', events).catch((thrown: unknown) => thrown);
  expect(afterFault(error)).toBe('wait');
  answers.cancel();
  answers.release();
  expect(await store.append(stream, 'no-stream', events)).toEqual({ revision: 1 });
  expect(await revisions(store, stream)).toEqual([0, 1]);
});

test('the answer does not come, and somebody else was first: a conflict with the actual revision', async () => {
  const { server, store } = await startBoth({ deadlineMs: 1000 });
  const stream = freshStream();
  await connectTo(server.url).append(stream, 'no-stream', newEvents(4));
  const held = server.faults.holdAnswers({ command: 'WriteEvents', stream, times: 10 });
  await expect(store.append(stream, 'no-stream', newEvents(1))).rejects.toMatchObject({
    code: 'revision_conflict',
    actualRevision: 3,
  });
  held.release();
});

test('close with an append in flight waits for it: what was stored is not said to have failed', async () => {
  const { server, store } = await startBoth();
  const stream = freshStream();
  await store.ping();
  server.faults.holdAnswers({ command: 'WriteEvents', stream, ms: 300 });
  const appending = store.append(stream, 'no-stream', newEvents(1));
  await sleep(50);
  await store.close();
  expect(await appending).toEqual({ revision: 0 });
  await expect(store.append(stream, 0, newEvents(1))).rejects.toMatchObject({ code: 'unavailable' });
});

test('the server restarts and forgets recent ids: the same events again are the same', async () => {
  const { server, store } = await startBoth();
  const stream = freshStream();
  const [first, second] = [newEvents(2), newEvents(1)];
  await store.append(stream, 'no-stream', first);
  await store.append(stream, 1, second);
  await server.kill();
  server.faults.forgetRecentIds();
  await server.start();
  expect(await store.append(stream, 'no-stream', first)).toEqual({ revision: 1 });
  expect(await store.append(stream, 1, second)).toEqual({ revision: 2 });
  expect(await revisions(store, stream)).toEqual([0, 1, 2]);
});

test('the same events at the current revision are new ones: only the same place makes them the same', async () => {
  const { store } = await startBoth();
  const [stream, events] = [freshStream(), newEvents(1)];
  await store.append(stream, 'no-stream', events);
  expect(await store.append(stream, 0, events)).toEqual({ revision: 1 });
});

test('a batch whose first part was written is a conflict', async () => {
  const { store } = await startBoth();
  const [stream, [one, two]] = [freshStream(), newEvents(2) as [NewEvent, NewEvent]];
  await store.append(stream, 'no-stream', [one]);
  await expect(store.append(stream, 'no-stream', [one, two])).rejects.toMatchObject({ actualRevision: 0 });
});

test('many at once to one stream: in order, also across a lost connection', async () => {
  const { server, store } = await startBoth();
  const stream = freshStream();
  const appends = Array.from({ length: 200 }, (_, n) =>
    store.append(stream, n === 0 ? 'no-stream' : n - 1, newEvents(1, { n })),
  );
  await sleep(20);
  server.faults.dropConnections();
  expect((await Promise.all(appends)).map(({ revision }) => revision)).toEqual([...Array(200).keys()]);
  expect((await store.read(stream, 0, 1000)).map(({ data }) => (data as { n: number }).n)).toEqual([
    ...Array(200).keys(),
  ]);
}, 20_000);

test('connections are lost again and again under load: every append once', async () => {
  const { server, store } = await startBoth();
  const context = freshContext();
  let writing = true;
  const trouble = (async () => {
    while (writing) {
      await sleep(150);
      server.faults.dropConnections();
    }
  })();
  const write = async (entity: number) => {
    for (let n = 0; n < 20; n++) {
      const events = newEvents(1);
      const insist = async (): Promise<unknown> =>
        store.append(`${context}-Thing-${entity}`, n === 0 ? 'no-stream' : n - 1, events).catch((error: unknown) => {
          if (afterFault(error) !== 'wait') throw error;
          return sleep(20).then(insist);
        });
      await insist();
      await sleep(15);
    }
  };
  await Promise.all([...Array(20).keys()].map(write));
  writing = false;
  await trouble;
  for (const entity of Array(20).keys()) {
    expect(await revisions(store, `${context}-Thing-${entity}`)).toEqual([...Array(20).keys()]);
  }
}, 60_000);

test('after a soft delete a new stream goes on with its numbers', async () => {
  const { server, store } = await startBoth();
  const stream = freshStream();
  await store.append(stream, 'no-stream', newEvents(3));
  const { client, user } = await rawClient(server.url);
  await client.deleteStream(stream, 2, false, user);
  expect(await store.read(stream, 0, 10)).toEqual([]);
  expect(await store.append(stream, 'no-stream', newEvents(1))).toEqual({ revision: 3 });
});

test('a stream that was deleted for good takes no events: parked, not tried for ever', async () => {
  const { server, store } = await startBoth();
  const stream = freshStream();
  await store.append(stream, 'no-stream', newEvents(1));
  const { client, user } = await rawClient(server.url);
  await client.deleteStream(stream, 0, true, user);
  await expect(store.append(stream, 0, newEvents(1))).rejects.toMatchObject({ next: 'park' });
  expect(await store.read(stream, 0, 10)).toEqual([]);
});

test('an event of 17 MB is refused, and the connection lives on', async () => {
  const { store } = await startBoth();
  const stream = freshStream();
  const huge = newEvents(1, { long: 'x'.repeat(17 * 1024 * 1024) });
  await expect(store.append(stream, 'no-stream', huge)).rejects.toMatchObject({ next: 'park' });
  expect(await store.append(stream, 'no-stream', newEvents(1))).toEqual({ revision: 0 });
}, 30_000);

test('a stream name that is not a string, on which the client never settles, is refused at once', async () => {
  const store = connectTo((await startServer()).url);
  const name = 7 as unknown as string;
  await expect(store.append(name, 'no-stream', newEvents(1))).rejects.toBeInstanceOf(TypeError);
  await expect(store.read(name, 0, 1)).rejects.toBeInstanceOf(TypeError);
  await expect(store.readBackwards(name, 'end', 1)).rejects.toBeInstanceOf(TypeError);
});

test('appends are not slowed down by a subscription beside them', async () => {
  const { store } = await startBoth();
  const context = freshContext();
  await store.subscribe({ group: 'group', context, handle: async () => {} });
  const times: number[] = [];
  for (let n = 0; n < 50; n++) {
    const since = performance.now();
    await store.append(`${context}-Thing-1`, n === 0 ? 'no-stream' : n - 1, newEvents(1));
    times.push(performance.now() - since);
  }
  expect(times.sort((a, b) => a - b)[25]).toBeLessThan(25);
});

test('what somebody else wrote with ids in capitals is recognised', async () => {
  const { server, store } = await startBoth();
  const stream = freshStream();
  const [event] = newEvents(1) as [NewEvent];
  const { client, user } = await rawClient(server.url);
  await client.appendToStream(stream, -1, rawEvent(event.id.toUpperCase()), user);
  await client.appendToStream(stream, 0, rawEvent(randomUUID()), user);
  expect(await store.append(stream, 'no-stream', [event])).toEqual({ revision: 0 });
});
