import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStore, type RecordedEvent, type SubscriptionOptions, Unavailable } from '@daybook/core';
import { eventually, freshContext, nameOf, newEvents } from '@daybook/testing';
import esdb from 'node-eventstore-client';
import { atEnd, cleanUp, connectTo, rawClient, startBoth } from './test-support.ts';

afterEach(cleanUp);

let context: string;
beforeEach(() => {
  context = freshContext();
});

const stream = (entity: number | string) => `${context}-Thing-${entity}`;

async function appendMany(store: EventStore, entities: number, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    const appends = Array.from({ length: entities }, (_, entity) =>
      store.append(stream(entity), n === 0 ? 'no-stream' : n - 1, newEvents(1)),
    );
    await Promise.all(appends);
  }
}

/** A consumer that notes what it sees, unless it has a handler of its own. */
async function subscribe(store: EventStore, more: Partial<SubscriptionOptions> = {}) {
  const seen: RecordedEvent[] = [];
  const handle = async (events: readonly RecordedEvent[]) => void seen.push(...events);
  const consumer = await store.subscribe({ group: 'group', context, handle, retryDelayMs: 50, ...more });
  atEnd(() => consumer.stop());
  return { seen, consumer };
}

const different = (seen: readonly RecordedEvent[]) => new Set(seen.map(nameOf)).size;
const settled = (store: EventStore) =>
  eventually('no lag', async () => (await store.groupStatus('group', context)).lag === 0);

/** The first deliveries of each entity come in order, whatever is repeated. */
function expectFirstsInOrder(seen: readonly RecordedEvent[]): void {
  const last = new Map<string, number>();
  for (const { streamId, revision } of seen) {
    const before = last.get(streamId) ?? -1;
    expect(revision).toBeLessThanOrEqual(before + 1);
    last.set(streamId, Math.max(before, revision));
  }
}

describe('a drop that was not asked for', () => {
  test('connections are lost again and again: the subscription is made anew, nothing is missed', async () => {
    const { server, store } = await startBoth({ messageTimeoutMs: 2000 });
    const { seen } = await subscribe(store, { batchSize: 10 });
    const writing = appendMany(store, 10, 0, 20);
    for (let n = 0; n < 5; n++) {
      await sleep(200);
      server.faults.dropConsumers();
    }
    await writing;
    await eventually('all', () => different(seen) === 200);
    expectFirstsInOrder(seen);
    await settled(store);
  }, 60_000);

  test('by the server, as user-initiated and without an error', async () => {
    const { server, store } = await startBoth();
    const { seen } = await subscribe(store);
    await appendMany(store, 2, 0, 1);
    await eventually('before', () => seen.length === 2);
    expect(server.faults.dropGroup(`$ce-${context}`, 'group')).toBe(1);
    await appendMany(store, 2, 1, 2);
    await eventually('after', () => different(seen) === 4);
  });

  test('the group was deleted: it is created again', async () => {
    const { server, store } = await startBoth();
    const { client, user } = await rawClient(server.url);
    const { seen } = await subscribe(store);
    await appendMany(store, 2, 0, 1);
    await eventually('before', () => seen.length === 2);
    await client.deletePersistentSubscription(`$ce-${context}`, 'group', user);
    await appendMany(store, 2, 1, 2);
    await eventually('after', () => different(seen) === 4);
  });

  test('the event loop stands still for longer than the heartbeats: the subscription goes on', async () => {
    const { store } = await startBoth();
    let blocked = false;
    const seen: RecordedEvent[] = [];
    await subscribe(store, {
      async handle(events) {
        if (!blocked) for (const until = Date.now() + 4500; Date.now() < until; );
        blocked = true;
        seen.push(...events);
      },
    });
    await appendMany(store, 3, 0, 1);
    await eventually('some', () => seen.length > 0);
    await appendMany(store, 3, 1, 2);
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
    await client.createPersistentSubscription(`$ce-${context}`, 'group', settings, user);
    await appendMany(store, 3, 0, 2);
    const { seen } = await subscribe(store);
    await eventually('all', () => different(seen) === 6);
  });

  test('two consumers that start together make one group', async () => {
    const { server, store } = await startBoth();
    const others = [store, connectTo(server.url), connectTo(server.url)];
    const consumers = await Promise.all(others.map((one) => subscribe(one)));
    await appendMany(store, 10, 0, 2);
    const all = () => consumers.flatMap(({ seen }) => seen);
    await eventually('all', () => all().length >= 20);
    await sleep(200);
    expect(all()).toHaveLength(20);
  });
});

describe('redelivery', () => {
  test('a message that comes twice is not handled at the same time as itself, nor twice while it is in hand', async () => {
    const { server, store } = await startBoth();
    server.faults.duplicateDelivery({ times: 1000 });
    const inHand = new Set<string>();
    const seen: RecordedEvent[] = [];
    await appendMany(store, 5, 0, 4);
    await subscribe(store, {
      async handle(events) {
        for (const event of events) {
          expect(inHand.has(event.id)).toBe(false);
          inHand.add(event.id);
        }
        await sleep(20);
        for (const event of events) inHand.delete(event.id);
        seen.push(...events);
      },
    });
    await eventually('all', () => different(seen) === 20);
    expectFirstsInOrder(seen);
    await settled(store);
  });

  test('the timer runs while messages wait here: handled, none parked, none at the same time as itself', async () => {
    const { server, store } = await startBoth({ messageTimeoutMs: 300 });
    server.faults.reorderRetries({ times: 1000 });
    const seen: RecordedEvent[] = [];
    let hands = 0;
    await appendMany(store, 6, 0, 4);
    await subscribe(store, {
      batchSize: 4,
      async handle(events) {
        expect(++hands).toBe(1);
        await sleep(200);
        hands--;
        seen.push(...events);
      },
    });
    await eventually('all', () => different(seen) === 24);
    expect(await store.listParked('group', context)).toEqual([]);
    await settled(store);
  }, 60_000);

  test('while an event is tried again, those of its entity do not overtake it; the others do', async () => {
    const { store } = await startBoth({ messageTimeoutMs: 400 });
    const seen: RecordedEvent[] = [];
    let fails = 6;
    await appendMany(store, 3, 0, 3);
    await subscribe(store, {
      maxAttempts: 100,
      async handle(events) {
        if (events.some((event) => nameOf(event) === '1@1') && fails-- > 0) throw new Error('not yet');
        seen.push(...events);
      },
    });
    await eventually('the others', () => different(seen) === 7);
    await appendMany(store, 3, 3, 4);
    await eventually('all', () => different(seen) === 12);
    expectFirstsInOrder(seen);
    await settled(store);
  });

  test('an event that fails and takes its connection with it is parked in the end', async () => {
    const { server, store } = await startBoth();
    let attempts = 0;
    await appendMany(store, 1, 0, 1);
    await subscribe(store, {
      maxAttempts: 4,
      async handle(events) {
        if (events.length > 0) attempts++;
        server.faults.dropConsumers();
        throw new Error('broken');
      },
    });
    const [parked] = await eventually('parked', async () => {
      const all = await store.listParked('group', context);
      return all.length > 0 && all;
    });
    expect(parked?.attempts).toBe(4);
    expect(attempts).toBeLessThan(10);
  }, 60_000);
});

test('an entity with a long backlog behind an event that is tried again keeps no other waiting', async () => {
  const { store } = await startBoth();
  await store.append(stream('sick'), 'no-stream', newEvents(300));
  const seen: RecordedEvent[] = [];
  let healed = false;
  await subscribe(store, {
    batchSize: 20,
    maxAttempts: 1000,
    retryDelayMs: 500,
    async handle(events) {
      if (!healed && events.some((event) => nameOf(event).startsWith('sick@'))) throw new Error('not now');
      seen.push(...events);
    },
  });
  await eventually('it is tried', async () => (await store.groupStatus('group', context)).lag < 300);
  await store.append(stream('well'), 'no-stream', newEvents(1));
  await eventually('the other', () => different(seen) === 1);
  healed = true;
  await eventually('all', () => different(seen) === 301);
  expectFirstsInOrder(seen);
  expect(await store.groupStatus('group', context)).toMatchObject({ parked: 0, held: 0 });
}, 60_000);

describe('stop', () => {
  test('while the handler waits for something that is not available: the wait ends, the events go to the next', async () => {
    const { store } = await startBoth();
    await appendMany(store, 3, 0, 1);
    let waiting = false;
    const { consumer } = await subscribe(store, {
      handle: () => {
        waiting = true;
        return Promise.reject(new Unavailable('the read store', 'down'));
      },
    });
    await eventually('the wait', () => waiting);
    const since = Date.now();
    await consumer.stop();
    expect(Date.now() - since).toBeLessThan(3000);
    const { seen } = await subscribe(store);
    await eventually('the next', () => seen.length === 3);
    expect(Date.now() - since).toBeLessThan(5000);
  });

  test('what is in hand is acknowledged: the next consumer sees none of it', async () => {
    const { store } = await startBoth();
    await appendMany(store, 40, 0, 1);
    const first: RecordedEvent[] = [];
    const { consumer } = await subscribe(store, {
      batchSize: 10,
      async handle(events) {
        await sleep(50);
        first.push(...events);
      },
    });
    await eventually('some', () => first.length > 0);
    await consumer.stop();
    const { seen } = await subscribe(store);
    await eventually('the rest', () => first.length + seen.length >= 40);
    await sleep(200);
    expect(first.length + seen.length).toBe(40);
  });

  test('of the store, with the server gone', async () => {
    const { server, store } = await startBoth({ deadlineMs: 1000 });
    await subscribe(store);
    await appendMany(store, 3, 0, 1);
    await server.kill();
    const since = Date.now();
    await store.close();
    expect(Date.now() - since).toBeLessThan(5000);
  });
});

test('a backlog is worked off fast: many events a handler call, and the lag falls to none', async () => {
  const { store } = await startBoth();
  for (let n = 0; n < 10; n++) {
    await Promise.all(
      [...Array(10).keys()].map((e) => store.append(stream(e), n === 0 ? 'no-stream' : n * 50 - 1, newEvents(50))),
    );
  }
  let calls = 0;
  let count = 0;
  await subscribe(store, {
    async handle(events) {
      calls++;
      count += events.length;
    },
  });
  await eventually('all', () => count === 5000);
  expect(calls).toBeLessThan(2500);
  await settled(store);
}, 60_000);
