import type { EventStore, RecordedEvent } from '@daybook/core';
import { InMemoryEventStore } from '@daybook/in-memory';
import { recordedEvents } from '@daybook/testing';
import { FeedTail } from './feed-tail.ts';

async function feedOf(count: number) {
  const store = new InMemoryEventStore();
  let reads = 0;
  const counted = {
    readFeed(...args: Parameters<EventStore['readFeed']>) {
      reads++;
      return store.readFeed(...args);
    },
  } as Partial<EventStore> as EventStore;
  let last = -1;
  const append = async (more: number) => {
    for (const { position: _, ...event } of recordedEvents(
      ...Array.from({ length: more }, () => ['test-Thing-a', { type: 'Happened', data: {} }] as const),
    )) {
      await store.append('test-Thing-a', last < 0 ? 'no-stream' : last, [{ ...event, id: `${++last}` }]);
    }
  };
  await append(count);
  return { tail: new FeedTail(counted, 'test', 60_000), append, reads: () => reads };
}

const positions = (events: readonly RecordedEvent[]) => events.map(({ position }) => position);
const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

/** Follows until it has seen that many. */
async function follow(tail: FeedTail, count: number, from = 0): Promise<number[]> {
  const seen: number[] = [];
  while (seen.length < count) seen.push(...positions(await tail.after(seen.at(-1) ?? from)));
  return seen;
}

test('from anywhere, every event in order, also those that come later', async () => {
  const { tail, append } = await feedOf(1200);
  const followers = [0, 700, 1200].map((from) => follow(tail, 4000 - from, from));
  for (let n = 0; n < 7; n++) {
    await append(400);
    tail.wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await Promise.all(followers)).toEqual([0, 700, 1200].map((from) => upTo(4000).slice(from)));
});

test('what is new is read once for all', async () => {
  const { tail, append, reads } = await feedOf(10);
  const followers = Array.from({ length: 50 }, () => follow(tail, 5, 10));
  await new Promise((resolve) => setImmediate(resolve));
  const before = reads();
  await append(5);
  tail.wake();
  expect(await Promise.all(followers)).toEqual(followers.map(() => [11, 12, 13, 14, 15]));
  expect(reads() - before).toBeLessThanOrEqual(2);
});

test('who knows more than the tail does not make others miss anything', async () => {
  const { tail, append } = await feedOf(3);
  const first = follow(tail, 4, 3);
  await new Promise((resolve) => setImmediate(resolve));
  await append(3);
  const second = follow(tail, 1, 6);
  await new Promise((resolve) => setImmediate(resolve));
  await append(1);
  tail.wake();
  expect([await first, await second]).toEqual([[4, 5, 6, 7], [7]]);
});
