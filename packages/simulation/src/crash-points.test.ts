import { crashEverywhere, liveWithCrashes } from './crash-points.ts';

/** Each is another order of the same life. Pairs take longer: `npm run simulate -- --crash-points`. */
test.each([1, 2, 3, 4, 5])(
  'a loan of seed %i ends the same whichever side effect a service crashes at',
  async (seed) => {
    const { effects } = await liveWithCrashes([], seed);
    const { passed, failures } = await crashEverywhere(false, seed);
    expect(failures).toEqual([]);
    expect(passed).toBe(2 * effects.length);
  },
  60_000,
);
