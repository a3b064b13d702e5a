import { KeyedQueue } from './keyed-queue.ts';

test('one key in order, other keys at once, an error disturbs nobody', async () => {
  const keyedQueue = new KeyedQueue();
  const seen: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = keyedQueue.run('a', () => gate.then(() => Promise.reject(new Error('no'))));
  const second = keyedQueue.run('a', async () => seen.push('a2'));
  await keyedQueue.run('b', async () => seen.push('b1'));
  expect(seen).toEqual(['b1']);
  open();
  await expect(first).rejects.toThrow('no');
  await second;
  expect(seen).toEqual(['b1', 'a2']);
  await Promise.resolve();
  expect(keyedQueue.size).toBe(0);
});
