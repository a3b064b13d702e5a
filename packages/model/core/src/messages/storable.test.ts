import fc from 'fast-check';
import { unstorableIn } from './storable.ts';

test.each(['', 'plain', 'ü 😀 \n\t', '\\u0000', '\uffff'])('%j can be stored', (text) => {
  expect(unstorableIn({ text, [text]: 1, left_out: undefined })).toEqual([]);
});

test.each(['a\0', '\ud800', 'x\udc00y', '\ude00\ud83d'])('%j can not, wherever it is', (text) => {
  const message = 'contains a character that cannot be stored (NUL, or half a surrogate pair)';
  expect(unstorableIn({ list: [1, null, { text }] })).toEqual([{ path: 'list.2.text', message }]);
  expect(unstorableIn({ list: [{ [text]: 1 }] })).toEqual([
    { path: 'list.0', message: `has a field whose name ${message}` },
  ]);
});

test.each([
  [JSON.parse('1e999'), 'is Infinity'],
  [JSON.parse('-0'), 'is -0'],
  [Number.NaN, 'is NaN'],
  [new Date(0), 'is no JSON'],
  [new Map(), 'is no JSON'],
  [[undefined], 'is of the type undefined'],
  [1n, 'is of the type bigint'],
  [() => 1, 'is of the type function'],
  [JSON.parse('{"__proto__": 1}'), 'is no name'],
])('%p can not', (value, reason) => {
  expect(unstorableIn({ value })).toMatchObject([{ message: expect.stringContaining(reason) as string }]);
});

test('how deep it nests is bounded, and telling so does not depend on the stack', () => {
  const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown;
  expect(unstorableIn(nested(100))).toEqual([]);
  expect(unstorableIn(nested(400_000))).toMatchObject([{ message: 'nests deeper than 100 levels' }]);
});

test('what is found storable comes back from JSON as it is', () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: false });
  fc.assert(
    fc.property(fc.oneof(anything, fc.jsonValue()), (value) => {
      fc.pre(unstorableIn(value).length === 0);
      expect(JSON.parse(JSON.stringify(value))).toEqual(value);
    }),
    { numRuns: 1000 },
  );
});
