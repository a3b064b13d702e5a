import { latencies, median, percentile, summarize } from './figures.ts';

test('the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('percentiles are values that were measured', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile(hundred, 0.999)).toBe(100);
  expect(percentile([7], 0.5)).toBe(7);
  expect(latencies('reply', hundred).map(({ name }) => name)).toEqual(['reply p50', 'reply p99', 'reply p99.9']);
  expect(latencies('reply', [])).toEqual([]);
});

test('several runs are put together by name', () => {
  const run = (value: number) => [{ name: 'x', unit: 'ms', value }];
  expect(summarize('b', [run(3), run(1), run(2)])).toEqual([
    { benchmark: 'b', name: 'x', unit: 'ms', median: 2, least: 1, most: 3 },
  ]);
});
