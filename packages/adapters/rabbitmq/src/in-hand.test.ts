import type { ConsumeMessage } from 'amqplib';
import { type Delivery, InHand } from './in-hand.ts';
import type { ConsumingChannel } from './queue-consumers.ts';

let begun: string[];
let emptied: string[];
let paused: boolean;
let finish: Map<string, () => void>;
let inHand: InHand;

beforeEach(() => {
  begun = [];
  emptied = [];
  paused = false;
  finish = new Map();
  inHand = new InHand({
    limit: 2,
    maxBytes: 100,
    paused: () => paused,
    emptied: (queue) => emptied.push(queue),
    handle({ message }) {
      const id = message.properties.messageId as string;
      begun.push(id);
      return new Promise((resolve) => finish.set(id, resolve));
    },
  });
});

function add(queue: string, messageId: string, bytes = 1): void {
  const message = { properties: { messageId }, content: Buffer.alloc(bytes) } as unknown as ConsumeMessage;
  inHand.add({ queue, message, on: {} as ConsumingChannel } satisfies Delivery);
}
const end = async (id: string) => {
  finish.get(id)?.();
  await new Promise(setImmediate);
};

test('so many are begun at once, in the order they came, whatever queue they came from', async () => {
  for (const [queue, id] of ['a1', 'b2', 'a3', 'a4'].map((id) => [id.slice(0, 1), id] as const)) add(queue, id);
  expect(begun).toEqual(['a1', 'b2']);
  await end('b2');
  expect(begun).toEqual(['a1', 'b2', 'a3']);
  expect(emptied).toEqual(['b']);
  for (const id of ['a1', 'a3', 'a4']) await end(id);
  expect(emptied).toEqual(['b', 'a']);
  expect(inHand.has('a')).toBe(false);
});

test('fewer are begun where they are large, and one always is', async () => {
  add('a', 'a1', 60);
  add('a', 'a2', 60);
  add('a', 'a3', 500);
  expect(begun).toEqual(['a1']);
  await end('a1');
  expect(begun).toEqual(['a1', 'a2']);
  await end('a2');
  expect(begun).toEqual(['a1', 'a2', 'a3']);
  await end('a3');
});

test('what waits can be dropped; what is begun counts on, until it is done', async () => {
  for (const id of ['a1', 'a2', 'a3', 'b4']) add(id.slice(0, 1), id);
  inHand.dropWaiting();
  expect(emptied).toEqual(['b']);
  expect([inHand.has('a'), inHand.has('b')]).toEqual([true, false]);
  add('a', 'a3');
  expect(begun).toEqual(['a1', 'a2']);
  const idle = inHand.idle();
  for (const id of ['a1', 'a2', 'a3']) await end(id);
  await idle;
  expect(begun).toEqual(['a1', 'a2', 'a3']);
  expect(emptied).toEqual(['b', 'a']);
});

test('nothing is begun while it is paused', async () => {
  paused = true;
  add('a', 'a1');
  expect(begun).toEqual([]);
  await inHand.idle();
  paused = false;
  inHand.begin();
  expect(begun).toEqual(['a1']);
});
