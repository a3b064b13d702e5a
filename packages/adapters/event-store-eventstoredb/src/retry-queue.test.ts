import type { Delivery } from './inbox.ts';
import { RetryQueue } from './retry-queue.ts';

const source = { alive: true, acknowledge() {} };
const deliver = (entityId: string, position: number, from = source): Delivery => ({
  event: { position } as Delivery['event'],
  entityId,
  resolved: {} as Delivery['resolved'],
  source: from,
});

test('an event rests until it is due, and those of its entity follow it', () => {
  const queue = new RetryQueue();
  queue.rest(deliver('a', 1), { attempts: 1, reason: '', dueIn: 100 }, 1000);
  queue.follow(deliver('a', 5));
  expect([...queue.entities]).toEqual(['a']);
  expect(queue.nextDue).toBe(1100);
  expect(queue.due(1099)).toEqual([]);
  expect(queue.due(1100)).toMatchObject([{ attempts: 1, followers: [{ event: { position: 5 } }] }]);
});

test('it fails again: its followers stay', () => {
  const queue = new RetryQueue();
  const first = deliver('a', 1);
  queue.rest(first, { attempts: 1, reason: '', dueIn: 0 }, 0);
  queue.follow(deliver('a', 5));
  queue.rest(first, { attempts: 2, reason: '', dueIn: 50 }, 10);
  expect(queue.due(60)).toMatchObject([{ attempts: 2, followers: [{ event: { position: 5 } }] }]);
});

test('a retry that is closed is forgotten', () => {
  const queue = new RetryQueue();
  queue.rest(deliver('a', 1), { attempts: 1, reason: '', dueIn: 0 }, 0);
  for (const retry of queue.due(0)) queue.close(retry);
  expect(queue.has('a')).toBe(false);
  expect(queue.nextDue).toBe(Number.POSITIVE_INFINITY);
  expect(queue.resume(deliver('a', 1))).toBe(false);
});

test('lost with its connection, the event goes on with its attempts when it comes again', () => {
  const queue = new RetryQueue();
  const lost = { alive: true, acknowledge() {} };
  queue.rest(deliver('a', 1, lost), { attempts: 3, reason: '', dueIn: 100 }, 1000);
  queue.follow(deliver('a', 5, lost));
  lost.alive = false;
  expect(queue.dropLost().map(({ event }) => event.position)).toEqual([1, 5]);
  expect(queue.has('a')).toBe(false);
  expect(queue.resume(deliver('b', 7))).toBe(false);
  expect(queue.resume(deliver('a', 1))).toBe(true);
  expect(queue.due(1100)).toMatchObject([{ attempts: 3 }]);
});
