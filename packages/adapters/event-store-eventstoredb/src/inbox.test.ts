import type { ResolvedEvent } from 'node-eventstore-client';
import { type Delivery, Inbox, type Source } from './inbox.ts';

function sourceOf(): Source & { alive: boolean; acknowledged: unknown[] } {
  const acknowledged: unknown[] = [];
  return { alive: true, acknowledged, acknowledge: (events) => void acknowledged.push(...events) };
}

const deliver = (position: number, source: Source, label = `${position}`): Delivery => ({
  event: { position } as Delivery['event'],
  entityId: '1',
  resolved: label as unknown as ResolvedEvent,
  source,
});
const positions = (deliveries: readonly Delivery[]) => deliveries.map(({ event }) => event.position);

test('events are taken in the order of the feed, whatever order they came in', () => {
  const [inbox, source] = [new Inbox(10), sourceOf()];
  for (const position of [4, 5, 2, 3]) inbox.arrive(deliver(position, source));
  expect(positions(inbox.take(3))).toEqual([2, 3, 4]);
  expect(positions(inbox.take(3))).toEqual([5]);
  expect(inbox.isEmpty).toBe(true);
});

test('an event that comes again while it waits, or is in hand, is not there twice; the latest delivery is acknowledged', () => {
  const [inbox, first, second] = [new Inbox(10), sourceOf(), sourceOf()];
  inbox.arrive(deliver(1, first, 'old'));
  inbox.arrive(deliver(1, first, 'newer'));
  const taken = inbox.take(10);
  expect(taken).toHaveLength(1);
  inbox.arrive(deliver(1, second, 'newest'));
  expect(inbox.isEmpty).toBe(true);
  inbox.finish(taken);
  expect([first.acknowledged, second.acknowledged]).toEqual([[], ['newest']]);
});

test('after it was acknowledged it is a new one', () => {
  const [inbox, source] = [new Inbox(10), sourceOf()];
  inbox.arrive(deliver(1, source));
  inbox.finish(inbox.take(1));
  inbox.arrive(deliver(1, source));
  expect(inbox.take(1)).toHaveLength(1);
});

test('what is put back waits again, unless its connection is gone', () => {
  const [inbox, alive, gone] = [new Inbox(10), sourceOf(), sourceOf()];
  inbox.arrive(deliver(1, gone));
  inbox.arrive(deliver(2, alive));
  const taken = inbox.take(2);
  gone.alive = false;
  inbox.putBack(taken);
  expect(positions(inbox.take(10))).toEqual([2]);
});

test('a lost connection takes what waits with it', () => {
  const [inbox, source] = [new Inbox(10), sourceOf()];
  inbox.arrive(deliver(1, source));
  source.alive = false;
  inbox.forgetWaiting();
  expect(inbox.isEmpty).toBe(true);
});

test('it holds so many, and leaves the rest to the server', () => {
  const [inbox, source] = [new Inbox(2), sourceOf()];
  for (const position of [1, 2, 3]) inbox.arrive(deliver(position, source));
  expect(positions(inbox.take(10))).toEqual([1, 2]);
});
