import { silent } from '@daybook/core';
import type { Channel } from 'amqplib';
import { type ConsumingChannel, QueueConsumers } from './queue-consumers.ts';
import type { Settlements } from './settlements.ts';

const QUEUES = ['a', 'b', 'c', 'd'];
let asked: string[];
let wanted: Set<string> | undefined;
let held: Set<string>;
let hangs: Set<string>;
let busy: Set<string>;
let rebuilt: string[];
let consumers: QueueConsumers;

beforeEach(() => {
  asked = [];
  wanted = new Set(QUEUES);
  held = new Set();
  hangs = new Set();
  busy = new Set();
  rebuilt = [];
  consumers = new QueueConsumers({
    log: silent,
    queues: QUEUES,
    name: 'me',
    prefetchOf: (queue) => (queue === 'a' ? 7 : 3),
    wanted: () => wanted,
    isFree: (queue) => !held.has(queue),
    deliver() {},
    changed() {},
    review: () => void consumers.review(),
  });
});
afterEach(() => void jest.useRealTimers());

const consumed = () => QUEUES.filter((queue) => consumers.consumes(queue));

function channel(): ConsumingChannel {
  const answer = async (what: string) => void asked.push(what);
  const fake = {
    checkQueue: async (queue: string) => ({ consumerCount: busy.has(queue) ? 1 : 0 }),
    prefetch: (count: number) => answer(`prefetch ${count}`),
    consume: (queue: string) => (hangs.has(queue) ? new Promise(() => {}) : answer(`consume ${queue}`)),
    cancel: (tag: string) => answer(`cancel ${tag}`),
  };
  return {
    channel: fake as unknown as Channel,
    settlements: {} as Settlements,
    lost: new AbortController().signal,
    rebuild(reason) {
      rebuilt.push(reason);
      consumers.lost();
    },
  };
}

test('what is wanted is consumed, one after the other, each with its prefetch', async () => {
  consumers.opened(channel());
  await consumers.review();
  expect(asked).toEqual(['prefetch 7', 'consume a', 'prefetch 3', 'consume b', 'consume c', 'consume d']);
  expect(consumed()).toEqual(QUEUES);
});

test('what another one still has is not begun until it has let go', async () => {
  held.add('b');
  consumers.opened(channel());
  await consumers.review();
  expect(consumed()).toEqual(['a', 'c', 'd']);
  held.clear();
  await consumers.review();
  expect(asked.at(-1)).toBe('consume b');
});

test('what the broker says is consumed by somebody is not begun until nobody does', async () => {
  jest.useFakeTimers();
  busy.add('b');
  consumers.opened(channel());
  await consumers.review();
  expect(consumed()).toEqual(['a', 'c', 'd']);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(consumed()).toEqual(['a', 'c', 'd']);
  busy.clear();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(consumed()).toEqual(QUEUES);
});

test('what is not wanted any more is ended; without an answer to what is wanted all stays as it is', async () => {
  consumers.opened(channel());
  await consumers.review();
  wanted = undefined;
  await consumers.review();
  expect(consumed()).toEqual(QUEUES);
  wanted = new Set(['d']);
  await consumers.review();
  expect(asked.slice(-3)).toEqual(['cancel me a 1', 'cancel me b 2', 'cancel me c 3']);
  expect(consumed()).toEqual(['d']);
});

test('a new channel begins with nothing', async () => {
  consumers.opened(channel());
  await consumers.review();
  consumers.lost();
  expect(consumed()).toEqual([]);
  wanted = new Set(['c']);
  consumers.opened(channel());
  await consumers.review();
  expect(consumed()).toEqual(['c']);
});

test('a consumer that the broker does not answer costs the channel, and comes last on the next one', async () => {
  jest.useFakeTimers();
  hangs.add('b');
  consumers.opened(channel());
  const reviewed = consumers.review();
  await jest.advanceTimersByTimeAsync(10_000);
  await reviewed;
  expect(rebuilt).toEqual(['consuming b took more than 10 s']);
  expect(consumers.hung).toEqual(['b']);

  asked = [];
  hangs.clear();
  consumers.opened(channel());
  await consumers.review();
  expect(asked).toEqual(['prefetch 7', 'consume a', 'prefetch 3', 'consume c', 'consume d', 'consume b']);
  expect(consumers.hung).toEqual([]);
});

test('a queue that is not ours any more does not count as one that can not be consumed', async () => {
  jest.useFakeTimers();
  hangs.add('b');
  consumers.opened(channel());
  const reviewed = consumers.review();
  await jest.advanceTimersByTimeAsync(10_000);
  await reviewed;
  wanted = new Set(['a']);
  consumers.opened(channel());
  await consumers.review();
  expect(consumers.hung).toEqual([]);
});
