import { crashEverywhere, liveWithCrashes } from './crash-points.ts';

/** Pairs take longer: `npm run simulate -- --crash-points`. */
test('a loan ends in the same state whichever side effect a service crashes before or after', async () => {
  const { effects } = await liveWithCrashes([]);
  const { passed, failures } = await crashEverywhere(false);
  expect(failures).toEqual([]);
  expect(passed).toBe(2 * effects.length);
}, 60_000);
