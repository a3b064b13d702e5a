import fc from 'fast-check';
import { checkpointPauseMs } from './checkpoint-pause.ts';

const ms = (max: number) => fc.double({ min: 0, max, noNaN: true });

test('storing checkpoints takes a fiftieth of the time at most, and they are never older than two seconds for it', () => {
  fc.assert(
    fc.property(ms(500), ms(10_000), (least, took) => {
      const pause = checkpointPauseMs(least, took);
      expect(pause).toBeGreaterThanOrEqual(least);
      expect(pause).toBeLessThanOrEqual(2000);
      if (took <= 40) expect(took / Math.max(pause, Number.MIN_VALUE)).toBeLessThanOrEqual(0.02 + 1e-9);
    }),
  );
});

test('a server held back by a snapshot for hours is asked to keep some thousands of versions, not hundreds of thousands', () => {
  // What was seen: each version that is kept makes the next update of a group's 16 rows some 0.6 µs longer.
  let versions = 0;
  for (let now = 0; now < 4 * 3_600_000; versions++) now += checkpointPauseMs(100, 0.5 + versions * 0.0006);
  expect(versions).toBeLessThan(40_000);
  expect(0.5 + versions * 0.0006).toBeLessThan(25);
});
