import { preferencesOf, waitOf } from './prefer.ts';

const plain = (header: string | undefined) =>
  [...preferencesOf(header)].map(([name, { value, parameters }]) => [name, value, Object.fromEntries(parameters)]);

test.each([
  [undefined, []],
  ['wait=3', [['wait', '3', {}]]],
  [
    'respond-async, Wait = 10',
    [
      ['respond-async', '', {}],
      ['wait', '10', {}],
    ],
  ],
  ['wait=3, wait=5', [['wait', '3', {}]]],
  [
    'consistency=strong; projections="a, b;c"; x, wait=2',
    [
      ['consistency', 'strong', { projections: 'a, b;c', x: '' }],
      ['wait', '2', {}],
    ],
  ],
  ['a="say \\"yes\\""', [['a', 'say "yes"', {}]]],
  ['wait=1, "', [['wait', '1', {}]]],
])('%s', (header, expected) => {
  expect(plain(header)).toEqual(expected);
});

test.each([
  ['wait=3', 3000],
  ['wait=0', 0],
  ['wait=60', 10_000],
  ['wait=soon', undefined],
  ['await=3', undefined],
  [undefined, undefined],
])('%s waits %p ms of 10 s', (header, expected) => {
  expect(waitOf(preferencesOf(header), 10_000)).toBe(expected);
});

test.each([
  ['spaces before a quote', (n: number) => `xa${' '.repeat(n)}"`],
  ['spaces around an equals sign', (n: number) => `a${' '.repeat(n)}=${' '.repeat(n)}"`],
  ['backslashes', (n: number) => `a="${'\\\\'.repeat(n)}`],
  ['quotes', (n: number) => `a=${'"'.repeat(n)}`],
  ['separators', (n: number) => ' ;,'.repeat(n)],
  ['words', (n: number) => 'a '.repeat(n)],
])('a header of many %s is read in one go', (_what, header) => {
  // A quadratic reading of a million characters would take longer than the test may.
  expect([...preferencesOf(`wait=1, ${header(1_000_000)}`)][0]).toEqual([
    'wait',
    { value: '1', parameters: new Map() },
  ]);
});
