import fc from 'fast-check';
import { prefers } from './accept.ts';

const STREAM = { name: 'text/event-stream', parameters: { charset: 'utf-8' } };
const JSON_TYPE = { name: 'application/json', parameters: { charset: 'utf-8' } };
const wanted = (header: string | undefined) => prefers(header, STREAM, JSON_TYPE);

test.each([
  'text/event-stream',
  'TEXT/Event-Stream',
  ' text/event-stream ;charset=UTF-8',
  'text/event-stream;charset="utf-8"',
  'text/event-stream; q=0.001',
  'text/event-stream;Q=1.000',
  'text/event-stream;q=1;ext=1',
  'application/json, text/event-stream',
  'text/event-stream, application/json',
  'text/event-stream, */*',
  'text/event-stream, */*;q=0.5',
  'application/json;q=0.5, text/event-stream;q=0.9',
  'text/*',
  'image/png,,text/event-stream',
  'rubbish, text/event-stream',
  'text/event-stream;q=2, text/event-stream',
])('%s: a stream', (header) => expect(wanted(header)).toBe(true));

test.each([
  undefined,
  '',
  '*/*',
  'application/json',
  'text/event-streamx',
  'xtext/event-stream',
  'text/event-stream-x',
  'text/event-stream;q=0',
  'text/event-stream;q=0.000, */*',
  'text/event-stream;q=0, text/*;q=0',
  'text/event-stream;charset=latin1',
  'text/event-stream;version=2',
  'text/event-stream;q=0.4, application/json;q=0.5',
  'text/event-stream;q=0.4, */*;q=0.5',
  'text/event-stream;q=',
  'text/event-stream;q=2',
  'text/event-stream;q=0.1234',
  'text/event-stream q=1',
  'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  '"text/event-stream"',
  'application/json;x=", text/event-stream"',
  'image/png',
])('%s: none', (header) => expect(wanted(header)).toBe(false));

test('no order of the ranges and no case of a letter makes a difference', () => {
  const range = fc.constantFrom(
    'text/event-stream',
    'TEXT/*',
    '*/*',
    'application/JSON',
    'image/png',
    'text/event-stream;charset=utf-8',
  );
  const weight = fc.constantFrom('', ';q=0', ';q=0.5', ';q=1', '; Q=0.123');
  const ranges = fc.uniqueArray(fc.tuple(range, weight), { selector: ([one]) => one, minLength: 1 });
  fc.assert(
    fc.property(
      ranges.chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length }))),
      ([some, others]) => {
        const text = (of: typeof some) => of.map((one) => one.join('')).join(',');
        expect(wanted(text(others).toUpperCase())).toBe(wanted(text(some)));
      },
    ),
  );
});

test.each([
  ['spaces', (n: number) => `text/plain${' '.repeat(n)}`],
  ['spaces before a quote', (n: number) => `text/plain;a${' '.repeat(n)}"`],
  ['backslashes', (n: number) => `text/plain;a="${'\\\\'.repeat(n)}`],
  ['quotes', (n: number) => `text/plain;a=${'"'.repeat(n)}`],
  ['separators', (n: number) => ' ;,/='.repeat(n)],
  ['parameters', (n: number) => `text/plain${';a=b'.repeat(n)}`],
  ['ranges', (n: number) => 'text/plain,'.repeat(n)],
])('a header of many %s is read in one go', (_what, header) => {
  // A quadratic reading of a million characters would take longer than the test may.
  expect(wanted(`text/event-stream, ${header(1_000_000)}`)).toBe(true);
});
