import { EventEmitter } from 'node:events';
import type { FastifyReply } from 'fastify';
import { Waits } from './waits.ts';

const replyOf = (raw = Object.assign(new EventEmitter(), { destroyed: false })) => ({ raw }) as unknown as FastifyReply;

test('no more than allowed wait at once', () => {
  const waits = new Waits(2);
  const first = waits.begin(replyOf());
  waits.begin(replyOf());
  expect(waits.begin(replyOf())).toBeUndefined();
  first?.end();
  expect(waits.begin(replyOf())).toBeDefined();
});

test('a wait is over when its client goes, when its time is up, and when all are ended; nothing is left', async () => {
  const waits = new Waits(10);
  const raw = Object.assign(new EventEmitter(), { destroyed: false });
  const left = waits.begin(replyOf(raw));
  const timed = waits.begin(replyOf(), 0);
  const open = waits.begin(replyOf());
  const gone = waits.begin(replyOf(Object.assign(new EventEmitter(), { destroyed: true })));
  expect([left, timed, open, gone].map((wait) => wait?.over.aborted)).toEqual([false, false, false, true]);
  raw.emit('close');
  await new Promise((resolve) => timed?.over.addEventListener('abort', resolve));
  expect([left, timed, open].map((wait) => wait?.over.aborted)).toEqual([true, true, false]);
  waits.endAll();
  expect(open?.over.aborted).toBe(true);
  for (const wait of [left, timed, open, gone]) wait?.end();
  expect(waits.size).toBe(0);
  expect(raw.listenerCount('close')).toBe(0);
});
