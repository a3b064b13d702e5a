import { atRate } from './at-rate.ts';

test('each is begun once, not before it is due, and due at even distances', async () => {
  const begun: { n: number; due: number; at: number }[] = [];
  await atRate(20, 1000, (n, due) => begun.push({ n, due, at: performance.now() }));
  expect(begun.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  for (const { due, at } of begun) expect(at).toBeGreaterThanOrEqual(due);
  const first = begun[0]?.due ?? 0;
  expect(begun.map(({ due }) => Math.round(due - first))).toEqual(begun.map(({ n }) => n));
});

test('nothing to do is done', async () => {
  await atRate(0, 1000, () => {
    throw new Error('there is nothing');
  });
});
