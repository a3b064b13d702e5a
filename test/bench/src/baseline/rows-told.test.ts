import { payloadsOf } from './rows-told.ts';

test('every row is told of once, in payloads that Postgres takes', () => {
  const ids = Array.from({ length: 2000 }, () => crypto.randomUUID());
  const payloads = payloadsOf(ids);
  expect(payloads.flatMap((payload) => payload.split(' '))).toEqual(ids.map((id) => id.slice(0, 8)));
  expect(Math.max(...payloads.map((payload) => payload.length))).toBeLessThan(8000);
  expect(payloadsOf([])).toEqual([]);
});
