import fc from 'fast-check';
import { weightOf } from './weight.ts';

test('a value weighs at least as much as its JSON has characters, and not many times as much', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { length } = JSON.stringify(value);
      expect(weightOf(value)).toBeGreaterThanOrEqual(length / 4);
      expect(weightOf(value)).toBeLessThanOrEqual(40 * length + 40);
    }),
  );
});

test('however deep it is', () => {
  let value: unknown = 'x'.repeat(1_000);
  for (let depth = 0; depth < 100_000; depth++) value = [value];
  expect(weightOf(value)).toBe(100_001 * 16 + 2_000);
});
