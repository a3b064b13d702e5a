import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '@daybook/core';
import { eventually, nameOf, newEvents } from '@daybook/test-support';
import { Audience, different, expectFirstsInOrder } from './test-audience.ts';
import { cleanUp, startBoth } from './test-support.ts';

afterEach(cleanUp);

let audience: Audience;
beforeEach(() => {
  audience = new Audience();
});

describe('redelivery', () => {
  test('a message that comes twice is not handled at the same time as itself, nor twice while it is in hand', async () => {
    const { server, store } = await startBoth();
    server.faults.duplicateDelivery({ times: 1000 });
    const inHand = new Set<string>();
    const seen: RecordedEvent[] = [];
    await audience.appendMany(store, 5, 0, 4);
    await audience.subscribe(store, {
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
    await audience.settled(store);
  });

  test('the timer runs while messages wait here: handled, none parked, none at the same time as itself', async () => {
    const { server, store } = await startBoth({ messageTimeoutMs: 300 });
    server.faults.reorderRetries({ times: 1000 });
    const seen: RecordedEvent[] = [];
    let hands = 0;
    await audience.appendMany(store, 6, 0, 4);
    await audience.subscribe(store, {
      batchSize: 4,
      async handle(events) {
        expect(++hands).toBe(1);
        await sleep(200);
        hands--;
        seen.push(...events);
      },
    });
    await eventually('all', () => different(seen) === 24);
    expect(await store.listParked('group', audience.context)).toEqual([]);
    await audience.settled(store);
  }, 60_000);

  test('while an event is tried again, those of its entity do not overtake it; the others do', async () => {
    const { store } = await startBoth({ messageTimeoutMs: 400 });
    const seen: RecordedEvent[] = [];
    let fails = 6;
    await audience.appendMany(store, 3, 0, 3);
    await audience.subscribe(store, {
      maxAttempts: 100,
      async handle(events) {
        if (events.some((event) => nameOf(event) === '1@1') && fails-- > 0) throw new Error('not yet');
        seen.push(...events);
      },
    });
    await eventually('the others', () => different(seen) === 7);
    await audience.appendMany(store, 3, 3, 4);
    await eventually('all', () => different(seen) === 12);
    expectFirstsInOrder(seen);
    await audience.settled(store);
  });

  test('an event that fails and takes its connection with it is parked in the end', async () => {
    const { server, store } = await startBoth();
    let attempts = 0;
    await audience.appendMany(store, 1, 0, 1);
    await audience.subscribe(store, {
      maxAttempts: 4,
      async handle(events) {
        if (events.length > 0) attempts++;
        server.faults.dropConsumers();
        throw new Error('broken');
      },
    });
    const [parked] = await eventually('parked', async () => {
      const all = await store.listParked('group', audience.context);
      return all.length > 0 && all;
    });
    expect(parked?.attempts).toBe(4);
    expect(attempts).toBeLessThan(10);
  }, 60_000);
});

test('an entity with a long backlog behind an event that is tried again keeps no other waiting', async () => {
  const { store } = await startBoth();
  await store.append(audience.stream('sick'), 'no-stream', newEvents(300));
  const seen: RecordedEvent[] = [];
  let healed = false;
  await audience.subscribe(store, {
    batchSize: 20,
    maxAttempts: 1000,
    retryDelayMs: 500,
    async handle(events) {
      if (!healed && events.some((event) => nameOf(event).startsWith('sick@'))) throw new Error('not now');
      seen.push(...events);
    },
  });
  await eventually('it is tried', async () => (await store.groupStatus('group', audience.context)).lag < 300);
  await store.append(audience.stream('well'), 'no-stream', newEvents(1));
  await eventually('the other', () => different(seen) === 1);
  healed = true;
  await eventually('all', () => different(seen) === 301);
  expectFirstsInOrder(seen);
  expect(await store.groupStatus('group', audience.context)).toMatchObject({ parked: 0, held: 0 });
}, 60_000);

test('a backlog is worked off fast: many events a handler call, and the lag falls to none', async () => {
  const { store } = await startBoth();
  for (let n = 0; n < 10; n++) {
    await Promise.all(
      [...Array(10).keys()].map((e) =>
        store.append(audience.stream(e), n === 0 ? 'no-stream' : n * 50 - 1, newEvents(50)),
      ),
    );
  }
  let calls = 0;
  let count = 0;
  await audience.subscribe(store, {
    async handle(events) {
      calls++;
      count += events.length;
    },
  });
  await eventually('all', () => count === 5000);
  expect(calls).toBeLessThan(2500);
  await audience.settled(store);
}, 60_000);
