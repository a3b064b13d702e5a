import { instantIn, wholeNumberIn } from './types.ts';

test.each([
  ['2026-01-02 03:04:05.678+00', '2026-01-02T03:04:05.678Z'],
  ['2026-01-02 03:04:05+05:30', '2026-01-01T21:34:05.000Z'],
  ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00.000Z'],
  ['0099-12-31 23:59:59.999+00', '0099-12-31T23:59:59.999Z'],
  ['9999-12-31 23:59:59.999+00', '9999-12-31T23:59:59.999Z'],
  // New York before it had a zone: to the second.
  ['0001-12-31 19:03:58-04:56:02 BC', '0001-01-01T00:00:00.000Z'],
  ['10000-01-01 00:00:00+00', '+010000-01-01T00:00:00.000Z'],
  ['infinity', 'infinity'],
])('%s is %s', (text, instant) => expect(instantIn(text)).toBe(instant));

test('each millisecond is kept', () => {
  for (let ms = 0; ms < 1000; ms++) {
    const time = `05.${String(ms).padStart(3, '0')}`;
    expect(instantIn(`2026-01-02 03:04:${time}+00`)).toBe(`2026-01-02T03:04:${time}Z`);
  }
});

test.each([
  ['0', 0],
  ['-9007199254740991', -9007199254740991],
  ['9007199254740992', '9007199254740992'],
  ['-9223372036854775808', '-9223372036854775808'],
])('%s is %p', (text, number) => expect(wholeNumberIn(text)).toBe(number));
