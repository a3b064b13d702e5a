import { setTimeout as sleep } from 'node:timers/promises';
import { type RecordedEvent, Unavailable } from '@daybook/core';
import { eventually } from '@daybook/test-support';
import { Audience } from './test-audience.ts';
import { cleanUp, startBoth } from './test-support.ts';

afterEach(cleanUp);

let audience: Audience;
beforeEach(() => {
  audience = new Audience();
});

describe('stop', () => {
  test('while the handler waits for something that is not available: the wait ends, the events go to the next', async () => {
    const { store } = await startBoth();
    await audience.appendMany(store, 3, 0, 1);
    let waiting = false;
    const { consumer } = await audience.subscribe(store, {
      handle: () => {
        waiting = true;
        return Promise.reject(new Unavailable('the read store', 'down'));
      },
    });
    await eventually('the wait', () => waiting);
    const since = Date.now();
    await consumer.stop();
    expect(Date.now() - since).toBeLessThan(3000);
    const { seen } = await audience.subscribe(store);
    await eventually('the next', () => seen.length === 3);
    expect(Date.now() - since).toBeLessThan(5000);
  });

  test('what is in hand is acknowledged: the next consumer sees none of it', async () => {
    const { store } = await startBoth();
    await audience.appendMany(store, 40, 0, 1);
    const first: RecordedEvent[] = [];
    const { consumer } = await audience.subscribe(store, {
      batchSize: 10,
      async handle(events) {
        await sleep(50);
        first.push(...events);
      },
    });
    await eventually('some', () => first.length > 0);
    await consumer.stop();
    const { seen } = await audience.subscribe(store);
    await eventually('the rest', () => first.length + seen.length >= 40);
    await sleep(200);
    expect(first.length + seen.length).toBe(40);
  });

  test('of the store, with the server gone', async () => {
    const { server, store } = await startBoth({ deadlineMs: 1000 });
    await audience.subscribe(store);
    await audience.appendMany(store, 3, 0, 1);
    await server.kill();
    const since = Date.now();
    await store.close();
    expect(Date.now() - since).toBeLessThan(5000);
  });
});
