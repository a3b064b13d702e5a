import { gatheringMs } from './gathering.ts';

test.each([
  [3, 16, 16, 3],
  [3, 16, 4, 12],
  [3, 16, 0, 3],
  [30, 16, 4, 50],
])('a step of %i ms, of %i partitions %i held: events gather for %i ms', (took, partitions, held, gathers) => {
  expect(gatheringMs(took, partitions, held)).toBe(gathers);
});
