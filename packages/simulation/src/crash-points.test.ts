import { crashEverywhere, liveWithCrashes } from './crash-points.ts';

test('a loan ends in the same state whichever side effect a service crashes before or after', async () => {
  const { effects } = await liveWithCrashes([]);
  const { passed, failures } = await crashEverywhere(false);
  expect(failures).toEqual([]);
  expect(passed).toBe(2 * effects.length);
}, 60_000);

test('and with every pair of such crashes', async () => {
  const { passed, failures } = await crashEverywhere(true);
  expect(failures).toEqual([]);
  expect(passed).toBeGreaterThan(5000);
}, 120_000);
