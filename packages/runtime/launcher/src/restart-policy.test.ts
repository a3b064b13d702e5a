import { afterEnd, DEFAULT_POLICY, NO_RESTARTS, type RestartHistory } from './restart-policy.ts';

/** Ends `count` times, having run for `ranMs` each time; returns the delays, up to 'give-up'. */
function delays(count: number, ranMs: number): (number | 'give-up')[] {
  let history: RestartHistory = NO_RESTARTS;
  let now = 0;
  const seen: (number | 'give-up')[] = [];
  for (let i = 0; i < count; i += 1) {
    const next = afterEnd(DEFAULT_POLICY, history, now, now + ranMs);
    if (next === 'give-up') return [...seen, next];
    seen.push(next.delayMs);
    history = next.history;
    now += ranMs + next.delayMs;
  }
  return seen;
}

test('the delay doubles up to its limit, and then the service is given up', () => {
  expect(delays(20, 100)).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 'give-up']);
});

test('a healthy run starts over with the first delay', () => {
  expect(delays(20, 30_000)).toEqual(Array(20).fill(200));
});

test('a service that ends now and then is not given up', () => {
  expect(delays(100, 9_000)).not.toContain('give-up');
});
