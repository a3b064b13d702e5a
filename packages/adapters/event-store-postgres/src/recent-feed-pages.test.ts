import type { RecordedEvent } from '@daybook/core';
import type { FeedPage, FeedPageRequest } from './feed.ts';
import { RecentFeedPages } from './recent-feed-pages.ts';

let head: number;
let asked: FeedPageRequest[];
let failing: boolean;

beforeEach(() => {
  head = 10;
  asked = [];
  failing = false;
});

/** A feed of which every position up to the head has an event. */
async function feed(request: FeedPageRequest): Promise<FeedPage> {
  asked.push(request);
  await new Promise(setImmediate);
  if (failing) throw new Error('gone');
  const upTo = Math.min(head, request.upTo ?? head, request.after + request.limit);
  const events = Array.from({ length: Math.max(0, upTo - request.after) }, (_, n) => ({
    position: request.after + n + 1,
  }));
  return {
    events: events as RecordedEvent[],
    upTo: Math.max(upTo, request.after),
    more: upTo < head,
    rewound: head < request.after,
  };
}

const request = (after: number, more: Partial<FeedPageRequest> = {}): FeedPageRequest => {
  return { context: 'loans', after, limit: 500, ...more };
};
const positions = ({ events }: FeedPage) => events.map(({ position }) => position);

test('who reads the same at the same time, or a part of it later, reads it once', async () => {
  const feedPages = new RecentFeedPages(feed);
  const [one, other] = await Promise.all([feedPages.read(request(4)), feedPages.read(request(4))]);
  expect(other).toEqual(one);
  const later = await feedPages.read(request(7));
  expect({ upTo: later.upTo, positions: positions(later) }).toEqual({ upTo: 10, positions: [8, 9, 10] });
  expect(asked).toHaveLength(1);
});

test('what has come since is read', async () => {
  const feedPages = new RecentFeedPages(feed);
  await feedPages.read(request(4));
  head = 12;
  expect(positions(await feedPages.read(request(10)))).toEqual([11, 12]);
  expect(positions(await feedPages.read(request(4)))).toEqual([5, 6, 7, 8, 9, 10]);
});

test('what was asked for before a change may not be all there is', async () => {
  const feedPages = new RecentFeedPages(feed);
  const first = feedPages.read(request(4));
  const together = await feedPages.read(request(4));
  expect([await first, together].map(({ more }) => more)).toEqual([false, false]);
  feedPages.changed();
  expect((await feedPages.read(request(4))).more).toBe(true);
  expect((await feedPages.read(request(3))).more).toBe(false);
});

test('what was prepared is there; what could not be is read again', async () => {
  const feedPages = new RecentFeedPages(feed);
  feedPages.prepare(request(4));
  expect(positions(await feedPages.read(request(4)))).toEqual([5, 6, 7, 8, 9, 10]);
  expect(asked).toHaveLength(1);
  failing = true;
  feedPages.prepare(request(2));
  await new Promise((resolve) => setTimeout(resolve, 10));
  failing = false;
  expect(positions(await feedPages.read(request(2)))).toHaveLength(8);
});

test('that there is nothing new is never remembered', async () => {
  const feedPages = new RecentFeedPages(feed);
  expect(await feedPages.read(request(10))).toEqual({ events: [], upTo: 10, more: false, rewound: false });
  head = 11;
  expect(positions(await feedPages.read(request(10)))).toEqual([11]);
});

test.each([
  ['context', { context: 'meetups' }],
  ['partitions', { partitions: { of: 16, only: [1] } }],
  ['types', { types: ['LoanApproved'] }],
  ['end', { upTo: 6 }],
  ['smaller limit', { limit: 2 }],
])('another %s is another page', async (_what, more) => {
  const feedPages = new RecentFeedPages(feed);
  await feedPages.read(request(4));
  await feedPages.read(request(4, more));
  expect(asked).toHaveLength(2);
});

test('a failure is the failure of those who waited, and forgotten', async () => {
  const feedPages = new RecentFeedPages(feed);
  failing = true;
  const both = await Promise.allSettled([feedPages.read(request(4)), feedPages.read(request(4))]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  failing = false;
  expect(positions(await feedPages.read(request(4)))).toHaveLength(6);
});

test('only the last few are kept', async () => {
  const feedPages = new RecentFeedPages(feed);
  head = 1000;
  for (let after = 0; after < 200; after += 10) await feedPages.read(request(after, { limit: 10 }));
  asked = [];
  await feedPages.read(request(190, { limit: 10 }));
  await feedPages.read(request(0, { limit: 10 }));
  expect(asked.map(({ after }) => after)).toEqual([0]);
});
