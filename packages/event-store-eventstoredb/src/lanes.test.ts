import type { Delivery } from './inbox.ts';
import { Lanes } from './lanes.ts';

const source = { alive: true, acknowledge() {} };
const deliver = (entityId: string, position: number, from = source): Delivery => ({
  event: { position } as Delivery['event'],
  entityId,
  resolved: {} as Delivery['resolved'],
  source: from,
});

test('an event rests until it is due, and those of its entity follow it', () => {
  const lanes = new Lanes();
  lanes.rest(deliver('a', 1), { attempts: 1, reason: '', dueIn: 100 }, 1000);
  lanes.follow(deliver('a', 5));
  expect([...lanes.entities]).toEqual(['a']);
  expect(lanes.nextDue).toBe(1100);
  expect(lanes.due(1099)).toEqual([]);
  expect(lanes.due(1100)).toMatchObject([{ attempts: 1, followers: [{ event: { position: 5 } }] }]);
});

test('it fails again: its followers stay', () => {
  const lanes = new Lanes();
  const first = deliver('a', 1);
  lanes.rest(first, { attempts: 1, reason: '', dueIn: 0 }, 0);
  lanes.follow(deliver('a', 5));
  lanes.rest(first, { attempts: 2, reason: '', dueIn: 50 }, 10);
  expect(lanes.due(60)).toMatchObject([{ attempts: 2, followers: [{ event: { position: 5 } }] }]);
});

test('a lane that is closed is forgotten', () => {
  const lanes = new Lanes();
  lanes.rest(deliver('a', 1), { attempts: 1, reason: '', dueIn: 0 }, 0);
  for (const lane of lanes.due(0)) lanes.close(lane);
  expect(lanes.has('a')).toBe(false);
  expect(lanes.nextDue).toBe(Number.POSITIVE_INFINITY);
  expect(lanes.resume(deliver('a', 1))).toBe(false);
});

test('lost with its connection, the event goes on with its attempts when it comes again', () => {
  const lanes = new Lanes();
  const lost = { alive: true, acknowledge() {} };
  lanes.rest(deliver('a', 1, lost), { attempts: 3, reason: '', dueIn: 100 }, 1000);
  lanes.follow(deliver('a', 5, lost));
  lost.alive = false;
  expect(lanes.dropLost().map(({ event }) => event.position)).toEqual([1, 5]);
  expect(lanes.has('a')).toBe(false);
  expect(lanes.resume(deliver('b', 7))).toBe(false);
  expect(lanes.resume(deliver('a', 1))).toBe(true);
  expect(lanes.due(1100)).toMatchObject([{ attempts: 3 }]);
});
