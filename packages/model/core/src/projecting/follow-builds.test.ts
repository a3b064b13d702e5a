import { systemClock } from '../concurrency/system-clock.ts';
import type { Build } from '../ports/builds.ts';
import { silent } from '../ports/log.ts';
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
