import fc from 'fast-check';
import { afterFault } from './fault.ts';
import { money, plus } from './money.ts';

const MAX = Number.MAX_SAFE_INTEGER;

test.each([MAX, -MAX, 0])('%p is an amount', (amount) => expect(money().parse(amount)).toBe(amount));
test.each([MAX + 1, -MAX - 1, 0.5, '1', Number.NaN])('%p is none', (amount) => {
  expect(money().safeParse(amount).success).toBe(false);
});

test('a sum is to the unit, or there is none', () => {
  const whole = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, 1, -1, MAX, -MAX));
  fc.assert(
    fc.property(whole, whole, (one, other) => {
      const exact = BigInt(one) + BigInt(other);
      if (exact >= -MAX && exact <= MAX) expect(BigInt(plus(one, other))).toBe(exact);
      else expect(() => plus(one, other)).toThrow('could lose a unit');
    }),
    { numRuns: 1000 },
  );
});

test('what is beyond the range already is not added to, and trying again is of no use', () => {
  expect(() => plus(MAX + 1, -2)).toThrow('could lose a unit');
  try {
    plus(MAX, 1);
  } catch (error) {
    expect(afterFault(error)).toBe('park');
  }
});
