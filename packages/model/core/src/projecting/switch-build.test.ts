import type { Build, Builds } from '../ports/builds.ts';
import type { EventStore, GroupProgress } from '../ports/event-store.ts';
import { switchWhenCaughtUp } from './switch-build.ts';

const build = { name: 'lifts', version: 1, build: 2, context: 'house' } as Build;

/** @param answers what the store says of the group, one after the other; the last again and again */
async function tried(answers: readonly GroupProgress[], signal = new AbortController().signal) {
  let asked = 0;
  let ms = 0;
  let outcome: boolean | undefined;
  const store = { groupProgress: async () => answers[Math.min(asked++, answers.length - 1)] };
  const builds: Pick<Builds, 'switchTo'> = {
    async switchTo(_build, holdsAll) {
      outcome = await holdsAll();
      return outcome;
    },
  };
  const clock = {
    now: () => new Date(ms),
    async sleep(pause: number) {
      ms += pause;
    },
  };
  await switchWhenCaughtUp(
    build,
    { builds: builds as Builds, store: store as Partial<EventStore> as EventStore, clock },
    signal,
  );
  return { held: outcome !== undefined, switched: outcome ?? false, ms };
}

test('far behind: writes to the live build are not held', async () => {
  expect(await tried([{ done: 0, head: 5000, aside: 0 }])).toEqual({ held: false, switched: false, ms: 0 });
});

test('the end of the feed once writes are held is what counts: not before, and not what comes later', async () => {
  const at = (done: number, head: number) => ({ done, head, aside: 0 });
  const before = [at(90, 100), at(90, 100), at(100, 110)];
  const held = [at(110, 120), at(119, 120), at(120, 130)];
  expect(await tried([...before, ...held, at(120, 300)])).toMatchObject({ held: true, switched: true, ms: 20 });
  expect(await tried([...before, at(110, 120), at(119, 300)])).toMatchObject({ held: true, switched: false, ms: 5000 });
});

test('nobody fills it: writes to the live build are not held', async () => {
  expect(await tried([{ done: 99, head: 100, aside: 0 }])).toMatchObject({ held: false, ms: 5000 });
});

test('an event is set aside meanwhile: it is not waited for', async () => {
  const near = { done: 90, head: 100, aside: 0 };
  expect(await tried([near, near, { done: 95, head: 100, aside: 1 }])).toMatchObject({ held: false, ms: 0 });
});

test('the service stops: it is not waited for', async () => {
  expect(await tried([{ done: 99, head: 100, aside: 0 }], AbortSignal.abort())).toMatchObject({ held: false, ms: 0 });
});
