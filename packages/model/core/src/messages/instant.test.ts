import fc from 'fast-check';
import { day, instant } from './instant.ts';

test.each([
  ['2026-05-01T20:00:00+02:00', '2026-05-01T18:00:00.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ['2024-02-29T12:00:00.12Z', '2024-02-29T12:00:00.120Z'],
  ['2024-02-29T12:00:00.1230000Z', '2024-02-29T12:00:00.123Z'],
])('%s is %s', (given, kept) => {
  expect(instant().parse(given)).toBe(kept);
});

test.each([
  ['0000-01-01T00:00:00Z', 'is, in UTC, in no year from 0001 to 9999'],
  ['0001-01-01T00:00:00+00:01', 'is, in UTC, in no year from 0001 to 9999'],
  ['9999-12-31T23:59:59-00:01', 'is, in UTC, in no year from 0001 to 9999'],
  ['2026-01-01T00:00:00.1234Z', 'is finer than milliseconds, which are kept'],
  ['2026-02-30T00:00:00Z', 'Invalid ISO datetime'],
  ['2026-01-01T00:00:00', 'Invalid ISO datetime'],
  ['soon', 'Invalid ISO datetime'],
])('%s: %s', (given, reason) => {
  expect(
    instant()
      .safeParse(given)
      .error?.issues.map(({ message }) => message),
  ).toEqual([reason]);
});

test('a moment that is taken stays the same moment, in one spelling', () => {
  const offset = fc.constantFrom('Z', '+00:00', '-00:00', '+23:59', '-23:59', '+05:30');
  const moment = fc
    .tuple(fc.date({ min: new Date('-000001-01-01'), max: new Date('+010001-01-01'), noInvalidDate: true }), offset)
    .map(([date, at]) => date.toISOString().replace('Z', at));
  fc.assert(
    fc.property(moment, (given) => {
      const { success, data } = instant().safeParse(given);
      const ms = Date.parse(given);
      const [from, to] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];
      expect(success).toBe(/^\d{4}-/.test(given) && ms >= from && ms <= to);
      if (success) expect([Date.parse(data), instant().parse(data)]).toEqual([ms, data]);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['0000-01-01', false],
  ['0001-01-01', true],
  ['9999-12-31', true],
  ['2026-02-29', false],
  ['2026-1-1', false],
])('the day %s is taken: %p', (given, taken) => {
  expect(day().safeParse(given).success).toBe(taken);
});
