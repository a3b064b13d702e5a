import { equal, deepStrictEqual as same } from 'node:assert/strict';
import { type ContractCase, freshContext, nameOf, newEvents, withScene } from './harness.ts';

const count = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

/** How streams are read. */
export const readCases: readonly Omit<ContractCase, 'section'>[] = [
  {
    name: 'a stream that is not there is empty',
    run: (harness) =>
      withScene(harness, async ({ store, context }) => {
        same(await store.read(`${context}-Thing-1`, 0, 10), []);
        same(await store.readBackwards(`${context}-Thing-1`, 'end', 10), []);
        same(await store.readFeed(context, 0, 10), []);
      }),
  },
  {
    name: 'from a revision, up to a limit, past the end',
    run: (harness) =>
      withScene(harness, async (scene) => {
        await scene.append(1, 'no-stream', 10);
        const read = async (from: number, limit: number) =>
          (await scene.store.read(scene.stream(1), from, limit)).map(({ revision }) => revision);
        same(await read(4, 3), [4, 5, 6]);
        same(await read(8, 10), [8, 9]);
        same(await read(10, 3), []);
        same(await read(0, 1), [0]);
      }),
  },
  {
    name: 'backwards',
    run: (harness) =>
      withScene(harness, async (scene) => {
        await scene.append(1, 'no-stream', 10);
        const read = async (from: number | 'end', limit: number) =>
          (await scene.store.readBackwards(scene.stream(1), from, limit)).map(({ revision }) => revision);
        same(await read('end', 3), [9, 8, 7]);
        same(await read(4, 3), [4, 3, 2]);
        same(await read(1, 10), [1, 0]);
      }),
  },
  {
    name: 'more than a page of the server',
    run: (harness) =>
      withScene(harness, async (scene) => {
        for (let n = 0; n < 5; n++) await scene.append(1, n === 0 ? 'no-stream' : n * 1000 - 1, 1000);
        const forwards = await scene.store.read(scene.stream(1), 0, 10_000);
        same(
          forwards.map(({ revision }) => revision),
          count(0, 5000),
        );
        const backwards = await scene.store.readBackwards(scene.stream(1), 'end', 10_000);
        same(
          backwards.map(({ revision }) => revision),
          count(0, 5000).reverse(),
        );
        await scene.feedOf(5000);
        equal((await scene.store.readFeed(scene.context, 0, 10_000)).length, 5000);
      }),
  },
];

/** How a context is read. */
export const feedCases: readonly Omit<ContractCase, 'section'>[] = [
  {
    name: 'every event once, each stream in order, positions rising; nothing of other contexts',
    run: (harness) =>
      withScene(harness, async (scene) => {
        await Promise.all([
          scene.appendMany(20, 3),
          scene.store.append(`${freshContext()}-Thing-1`, 'no-stream', newEvents(3)),
        ]);
        const feed = await scene.feedOf(60, 7);
        const positions = feed.map(({ position }) => position);
        same(
          [...positions].sort((a, b) => a - b),
          positions,
        );
        equal(new Set(positions).size, 60);
        equal(
          positions.every((position) => position > 0),
          true,
        );
        for (const n of count(0, 20)) {
          same(
            feed.map(nameOf).filter((name) => name.startsWith(`${n}@`)),
            [`${n}@0`, `${n}@1`, `${n}@2`],
          );
        }
      }),
  },
  {
    name: 'a reader that follows many writers misses nothing',
    run: (harness) =>
      withScene(harness, async (scene) => {
        let writing = true;
        const seen: string[] = [];
        const reading = (async () => {
          for (let after = 0; ; ) {
            const last = !writing;
            const events = await scene.store.readFeed(scene.context, after, 11);
            seen.push(...events.map(nameOf));
            after = events.at(-1)?.position ?? after;
            if (last && events.length === 0) return;
          }
        })();
        const writers = count(0, 6).map(() => harness.connect());
        const write = async (writer: number) => {
          for (const n of count(0, 50)) {
            await writers[writer]?.append(scene.stream(`${writer}-${n}`), 'no-stream', newEvents(1 + (n % 3)));
          }
        };
        await Promise.all(count(0, 6).map(write));
        const expected = 6 * 99;
        await scene.feedOf(expected);
        writing = false;
        await reading;
        equal(seen.length, expected);
        equal(new Set(seen).size, seen.length);
        await Promise.all(writers.map((one) => one.close()));
      }),
  },
];
