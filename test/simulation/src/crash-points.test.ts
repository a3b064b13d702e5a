import { crashEverywhere, liveWithCrashes } from './crash-points.ts';

/** Each is another order of the same life. Pairs take longer: `npm run simulate -- --crash-points`. */
test.each(
  ([1, 2, 3, 4, 5] as const).flatMap((seed) => [
    { seed, ending: 'signed' } as const,
    { seed, ending: 'expired' } as const,
  ]),
)(
  'a loan of seed $seed, $ending, ends the same whichever side effect a service crashes at',
  async (kind) => {
    const { effects } = await liveWithCrashes([], kind);
    const { passed, failures } = await crashEverywhere(false, kind);
    expect(failures).toEqual([]);
    expect(passed).toBe(2 * effects.length);
  },
  60_000,
);
