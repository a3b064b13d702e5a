import type { Measured } from './figures.ts';
import { plot } from './plot.ts';
import { lines } from './report.ts';

const measured = (benchmark: string, unit: string, median: number, spread = 0): Measured => {
  return { benchmark, name: `${median} <in flight>`, unit, median, least: median - spread, most: median + spread };
};
const svg = plot(
  ['2 & 2 cores'],
  lines([measured('stored', 'commands/s', 300, 10), measured('stored', 'ms', 4), measured('memory', 'MB', 0)], []),
);

test('every figure is a bar with its number, range and name; each unit of a benchmark has a scale of its own', () => {
  expect(svg.match(/<rect x/g)).toHaveLength(3);
  expect(svg).toContain('>300 (290 – 310)<');
  expect(svg).toContain('>4.00<');
  expect(svg.match(/font-weight="bold">[^<]*/g)?.map((text) => text.split('>')[1])).toEqual([
    'stored, commands/s',
    'stored, ms',
    'memory, MB',
  ]);
});

test('the bare pipeline is a bar below, and its ratio is told', () => {
  const baseline = measured('stored', 'commands/s', 300);
  const beside = plot([], lines([{ ...baseline, median: 150, least: 150, most: 150 }], [baseline]));
  expect(beside.match(/<rect x/g)).toHaveLength(2);
  expect(beside).toContain('>150, ratio 0.50<');
});

test('it is well-formed: nothing is undefined, nothing unescaped', () => {
  expect(svg).not.toMatch(/NaN|undefined|<in flight|& 2/);
  expect(svg).toContain('2 &amp; 2 cores');
});
