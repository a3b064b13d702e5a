import type { Measured } from './figures.ts';
import { json, lines, table } from './report.ts';

const measured = (name: string, unit: string, value: number): Measured => {
  return { benchmark: 'stored', name, unit, median: value, least: value - 1, most: value + 1 };
};
const all = lines(
  [measured('64 in flight', 'commands/s', 3000), measured('p50', 'ms', 4), measured('alone', 'MB', 80)],
  [measured('64 in flight', 'commands/s', 4000), measured('p50', 'ms', 2)],
);

test('as good as the bare pipeline is 1, worse is less', () => {
  expect(all.map(({ ratio }) => ratio)).toEqual([0.75, 0.5, undefined]);
});

test('the table has a line for each figure, with the bare pipeline beside it', () => {
  const [, first, , last] = table(all).split('\n');
  expect(first).toMatch(/^stored: 64 in flight +3,000 +commands\/s +2,999 – 3,001 +4,000 +3,999 – 4,001 +0.75$/);
  expect(last).toMatch(/^stored: alone +80.0 +MB +79.0 – 81.0$/);
});

test('JSON says what the table says', () => {
  const { machine, options, figures } = JSON.parse(json(['a machine'], { quick: true }, all));
  expect([machine, options, figures.length]).toEqual([['a machine'], { quick: true }, 3]);
  expect(figures[0]).toEqual({
    ...measured('64 in flight', 'commands/s', 3000),
    pipeline: { median: 4000, least: 3999, most: 4001 },
    ratio: 0.75,
  });
  expect(figures[2]).toMatchObject({ median: 80, pipeline: null, ratio: null });
});
