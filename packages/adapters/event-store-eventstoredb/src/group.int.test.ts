import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '@daybook/core';
import { eventually } from '@daybook/test-support';
import esdb from 'node-eventstore-client';
import { Audience, different, expectFirstsInOrder } from './test-audience.ts';
import { cleanUp, connectTo, rawClient, startBoth } from './test-support.ts';

afterEach(cleanUp);

let audience: Audience;
beforeEach(() => {
  audience = new Audience();
});

describe('a drop that was not asked for', () => {
  test('connections are lost again and again: the subscription is made anew, nothing is missed', async () => {
    const { server, store } = await startBoth({ messageTimeoutMs: 2000 });
    const { seen } = await audience.subscribe(store, { batchSize: 10 });
    const writing = audience.appendMany(store, 10, 0, 20);
    for (let n = 0; n < 5; n++) {
      await sleep(200);
      server.faults.dropConsumers();
    }
    await writing;
    await eventually('all', () => different(seen) === 200);
    expectFirstsInOrder(seen);
    await audience.settled(store);
  }, 60_000);

  test('by the server, as user-initiated and without an error', async () => {
    const { server, store } = await startBoth();
    const { seen } = await audience.subscribe(store);
    await audience.appendMany(store, 2, 0, 1);
    await eventually('before', () => seen.length === 2);
    expect(server.faults.dropGroup(`$ce-${audience.context}`, 'group')).toBe(1);
    await audience.appendMany(store, 2, 1, 2);
    await eventually('after', () => different(seen) === 4);
  });

  test('the group was deleted: it is created again', async () => {
    const { server, store } = await startBoth();
    const { client, user } = await rawClient(server.url);
    const { seen } = await audience.subscribe(store);
    await audience.appendMany(store, 2, 0, 1);
    await eventually('before', () => seen.length === 2);
    await client.deletePersistentSubscription(`$ce-${audience.context}`, 'group', user);
    await audience.appendMany(store, 2, 1, 2);
    await eventually('after', () => different(seen) === 4);
  });

  test('the event loop stands still for longer than the heartbeats: the subscription goes on', async () => {
    const { store } = await startBoth();
    let blocked = false;
    const seen: RecordedEvent[] = [];
    await audience.subscribe(store, {
      async handle(events) {
        if (!blocked) for (const until = Date.now() + 4500; Date.now() < until; );
        blocked = true;
        seen.push(...events);
      },
    });
    await audience.appendMany(store, 3, 0, 1);
    await eventually('some', () => seen.length > 0);
    await audience.appendMany(store, 3, 1, 2);
    await eventually('all', () => different(seen) === 6);
  }, 60_000);
});

describe('a group that exists already', () => {
  test('made without link resolution: it is put right, and no event is lost', async () => {
    const { server, store } = await startBoth();
    const { client, user } = await rawClient(server.url);
    const settings = new esdb.PersistentSubscriptionSettings(
      ...([false, 0, false, 30_000, 10, 500, 20, 500, 20, 1, 1000, 0, 'RoundRobin'] as const),
    );
    await client.createPersistentSubscription(`$ce-${audience.context}`, 'group', settings, user);
    await audience.appendMany(store, 3, 0, 2);
    const { seen } = await audience.subscribe(store);
    await eventually('all', () => different(seen) === 6);
  });

  test('two consumers that start together make one group', async () => {
    const { server, store } = await startBoth();
    const others = [store, connectTo(server.url), connectTo(server.url)];
    const consumers = await Promise.all(others.map((one) => audience.subscribe(one)));
    await audience.appendMany(store, 10, 0, 2);
    const all = () => consumers.flatMap(({ seen }) => seen);
    await eventually('all', () => all().length >= 20);
    await sleep(200);
    expect(all()).toHaveLength(20);
  });
});
