import { progressOn } from '../progress-on.ts';
import { durationOf, progressLine, rateOf, type Sample } from './progress-line.ts';

const at = (seconds: number, done: number, head = 200_000, aside = 0): Sample => ({
  at: seconds * 1000,
  progress: { done, head, aside },
});

test('done, rate, what remains, and how long that takes', () => {
  expect(progressLine([at(0, 0), at(5, 50_000)])).toBe(
    '[██████··················] 25 %  50,000 of 200,000 events  10,000/s  150,000 remain  about 15 s',
  );
});

test('at first nobody knows the rate; an empty log is done at once', () => {
  expect(progressLine([at(0, 0)])).toBe('[························] 0 %  0 of 200,000 events  200,000 remain');
  expect(progressLine([at(0, 0, 0)])).toBe('[████████████████████████] 100 %  0 of 0 events  0 remain');
});

test('what is set aside is told', () => {
  expect(progressLine([at(0, 10, 10, 2)])).toContain('2 set aside');
});

test('the rate is that of the last ten seconds, and zero where nothing moves', () => {
  expect(rateOf([at(0, 0), at(20, 100_000), at(30, 120_000)])).toBe(2000);
  const still = [at(0, 5), at(10, 5)];
  expect(rateOf(still)).toBe(0);
  expect(progressLine(still)).not.toContain('about');
});

test.each([
  [0.2, '1 s'],
  [119, '119 s'],
  [121, '2 min'],
  [7201, '2 h'],
])('%d seconds: %s', (seconds, said) => {
  expect(durationOf(seconds)).toBe(said);
});

test('on a terminal one line, cut where it would wrap; elsewhere a line now and then', () => {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  const terminal = progressOn({ isTTY: true, columns: 4, write } as never);
  terminal('12345');
  terminal('1');
  const file = progressOn({ isTTY: false, write } as never);
  file('first');
  file('second');
  expect(written).toEqual(['\r\u001b[K123', '\r\u001b[K1', 'first\n']);
});
