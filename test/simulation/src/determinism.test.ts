import { runSeed } from './run.ts';
import { hashOf } from './trace-hash.ts';

/** Of which every one runs in every test run; others are the command line's. */
const SEEDS = Array.from({ length: 500 }, (_, index) => index + 1);

test('500 schedules keep every invariant', async () => {
  const broken: string[] = [];
  for (const seed of SEEDS) {
    const { violation } = await runSeed({ seed });
    if (violation) broken.push(`seed ${seed}: ${violation.message}`);
  }
  expect(broken).toEqual([]);
}, 60_000);

test('the same seed gives the same trace', async () => {
  for (const seed of SEEDS.slice(0, 100)) {
    const first = await runSeed({ seed });
    const again = await runSeed({ seed });
    expect(again.trace).toEqual(first.trace);
    expect(hashOf(again.trace)).toBe(hashOf(first.trace));
  }
}, 60_000);

test('different seeds give different traces', async () => {
  const hashes = new Set<string>();
  for (const seed of SEEDS.slice(0, 50)) hashes.add(hashOf((await runSeed({ seed })).trace));
  expect(hashes.size).toBe(50);
}, 60_000);

test('chance and time are the seed’s own: a run asks neither the machine’s clock nor its dice', async () => {
  const dice = jest.spyOn(Math, 'random');
  const clock = jest.spyOn(Date, 'now');
  const stopwatch = jest.spyOn(performance, 'now');
  for (const seed of SEEDS.slice(0, 50)) await runSeed({ seed });
  expect(dice).not.toHaveBeenCalled();
  expect(clock).not.toHaveBeenCalled();
  expect(stopwatch).not.toHaveBeenCalled();
  jest.restoreAllMocks();
}, 60_000);
