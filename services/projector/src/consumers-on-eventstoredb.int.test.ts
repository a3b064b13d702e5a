import { consumeFeed, consumer, type EventStore, eventIdOf, silent, systemClock } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { eventually, startTestEventStoreDb } from '@daybook/test-support';

let server: Awaited<ReturnType<typeof startTestEventStoreDb>>;
let store: EventStore;

beforeAll(async () => {
  server = await startTestEventStoreDb();
  store = await openEventStore({ url: server.url, log: silent });
}, 60_000);
afterAll(async () => {
  await store?.close();
  await server?.remove();
}, 60_000);

async function place(n: number): Promise<void> {
  const metadata = { command_id: 'x', causation_id: 'x', correlation_id: 'x', schema_version: 1, recorded_at: '' };
  const event = { id: eventIdOf(`${n}`, 0), type: 'OrderPlaced', data: { n }, metadata };
  await store.append(`shop-Order-${n}`, 'no-stream', [event]);
}

test('a consumer gets every event once, in order, also those that come later, and goes on where it was', async () => {
  const seen: unknown[] = [];
  let stored = 0;
  const start = () =>
    consumeFeed({
      consumer: consumer({
        name: 'seen',
        context: 'shop',
        checkpoint: { load: async () => stored },
        async handle(events, position) {
          seen.push(...events.map(({ data }) => (data as { n: number }).n));
          stored = position;
        },
      }),
      ...{ store, clock: systemClock, log: silent, batchSize: 7 },
      hold: async () => ({ lost: new AbortController().signal, release: async () => {} }),
    });
  for (let n = 0; n < 30; n++) await place(n);
  const first = start();
  await eventually('all are seen', () => seen.length === 30);
  await place(30);
  await eventually('the next is seen', () => seen.length === 31);
  await first.stop();
  await place(31);
  const second = start();
  await eventually('it goes on', () => seen.length === 32);
  await second.stop();
  expect(seen).toEqual(Array.from({ length: 32 }, (_, n) => n));
}, 60_000);
