import { systemClock } from '../concurrency/system-clock.ts';
import type { Build } from '../ports/builds.ts';
import { type Log, silent } from '../ports/log.ts';
import { followBuilds } from './follow-builds.ts';

/** @returns how long it rests between looks while the registry says this */
async function restsWith(states: readonly Build['state'][]): Promise<number> {
  const rests: number[] = [];
  const builds = {
    list: async () => states.map((state) => ({ state }) as Build),
    watch: () => ({ close: async () => {} }),
  };
  const clock = {
    ...systemClock,
    sleep: async (ms: number, signal?: AbortSignal) => {
      rests.push(ms);
      await systemClock.sleep(60_000, signal);
    },
  };
  const following = followBuilds(builds, { clock, log: silent, pollMs: 1000, whileBuildingMs: 100 }, () => {});
  await new Promise(setImmediate);
  await following.stop();
  return rests[0] as number;
}

test('builds are looked at more often while one is being built', async () => {
  expect(await restsWith(['live', 'retired'])).toBe(1000);
  expect(await restsWith(['live', 'building'])).toBe(100);
});

test('while they can not be looked at, the 1st, 2nd and 4th failure are logged; they are looked at again', async () => {
  const said: unknown[] = [];
  let looks = 0;
  let enough = () => {};
  const seven = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const builds = {
    async list() {
      looks++;
      if (looks === 7) enough();
      if (looks <= 5) throw new Error('gone');
      return [];
    },
    watch: () => ({ close: async () => {} }),
  };
  const log = { ...silent, warn: (fields: { failures: number }) => void said.push(fields.failures) } as Log;
  const clock = { ...systemClock, sleep: () => new Promise<void>(setImmediate) };
  const seen: number[] = [];
  const following = followBuilds(builds, { clock, log }, () => void seen.push(looks));
  await seven;
  await following.stop();
  expect(said).toEqual([1, 2, 4]);
  expect(seen[0]).toBe(6);
});
