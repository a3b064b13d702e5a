import { z } from 'zod';
import { groupOfProjection } from '../modelling/groups.ts';
import { fold, projection } from '../modelling/projection.ts';
import type { Build, BuildState } from '../ports/builds.ts';
import { dueBuild, hasAll, isClose, isFed, mayDrop, projectionOf } from './builds.ts';

const lifts = projection({
  name: 'lifts',
  version: 2,
  row: z.object({ lift_id: z.string() }),
  key: 'lift_id',
  folds: { Lift: fold({ initial: null, evolve: (part) => part }) },
  combine: (lift_id) => ({ lift_id }),
  list: { filters: [], orderBy: 'lift_id' },
});
const build = (version: number, state: BuildState, number = 1): Build => ({
  context: 'house',
  name: 'lifts',
  version,
  build: number,
  state,
  stored: { ...lifts, version, build: number },
  createdAt: '2026-01-01T00:00:00.000Z',
  endedForMs: undefined,
});

test.each([
  ['nothing answers yet', [], 'live'],
  ['the version is live', [build(2, 'live')], undefined],
  ['the version is live, and built anew', [build(2, 'live'), build(2, 'building', 2)], undefined],
  ['an older version is live', [build(1, 'live')], 'building'],
  ['an older version is live, this one on its way', [build(1, 'live'), build(2, 'building')], undefined],
  ['an older version is live, another one on its way', [build(1, 'live'), build(3, 'building')], 'building'],
  ['a newer version is live: the code went back', [build(2, 'retired'), build(3, 'live')], 'building'],
] as const)('%s', (_, builds, due) => {
  expect(dueBuild(builds, lifts)).toBe(due);
});

test("a build is folded by the code's projection of its version, into tables and by a group of its own", () => {
  const second = build(2, 'building', 2);
  expect(projectionOf(second, [lifts])).toEqual({ ...lifts, build: 2 });
  expect(projectionOf(build(1, 'live'), [lifts])).toBeUndefined();
  const groups = [lifts, build(2, 'live'), second].map(groupOfProjection);
  expect(groups).toEqual(['projection:lifts.v2', 'projection:lifts.v2', 'projection:lifts.v2.b2']);
});

test('what is building or live follows the feed', () => {
  const states = ['building', 'live', 'retired', 'abandoned'] as const;
  expect(states.filter((state) => isFed(build(2, state)))).toEqual(['building', 'live']);
});

test('what has ended goes after a while', () => {
  const ended = (endedForMs: number | undefined) => ({ ...build(1, 'retired'), endedForMs });
  expect([undefined, 0, 999, 1000].map((ms) => mayDrop(ended(ms), 1000))).toEqual([false, false, false, true]);
});

test('a build with something set aside lacks it, however far it is', () => {
  expect(hasAll({ done: 10, head: 10, aside: 0 }, 10)).toBe(true);
  expect(hasAll({ done: 9, head: 10, aside: 0 }, 10)).toBe(false);
  expect(hasAll({ done: 10, head: 10, aside: 1 }, 10)).toBe(false);
  expect(isClose({ done: 1000, head: 2000, aside: 0 })).toBe(true);
  expect(isClose({ done: 1000, head: 2001, aside: 0 })).toBe(false);
  expect(isClose({ done: 2000, head: 2000, aside: 1 })).toBe(false);
});
