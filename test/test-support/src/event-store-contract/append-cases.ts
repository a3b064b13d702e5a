import { equal, rejects, deepStrictEqual as same } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { NewEvent } from '@daybook/core';
import { type ContractCase, newEvents, withScene } from './harness.ts';

const conflict = (actualRevision: number) => ({ code: 'revision_conflict', actualRevision });

/** How events are appended. */
export const appendCases: readonly Omit<ContractCase, 'section'>[] = [
  {
    name: 'to a new stream, and on at the exact revision',
    run: (harness) =>
      withScene(harness, async (scene) => {
        same(await scene.append(1, 'no-stream', 2), { revision: 1 });
        same(await scene.append(1, 1), { revision: 2 });
        const revisions = (await scene.store.read(scene.stream(1), 0, 10)).map(({ revision }) => revision);
        same(revisions, [0, 1, 2]);
      }),
  },
  {
    name: 'a conflict tells the actual revision, and stores nothing',
    run: (harness) =>
      withScene(harness, async (scene) => {
        await rejects(scene.append(1, 0), conflict(-1));
        await scene.append(1, 'no-stream', 2);
        for (const wrong of ['no-stream', 0, 2, 7] as const) await rejects(scene.append(1, wrong, 3), conflict(1));
        equal((await scene.store.read(scene.stream(1), 0, 10)).length, 2);
      }),
  },
  {
    name: 'two writers, one new stream, 200 rounds: exactly one creates it',
    run: (harness) =>
      withScene(harness, async (scene) => {
        const other = harness.connect();
        for (let round = 0; round < 200; round++) {
          const appends = [scene.store, other].map((one) => one.append(scene.stream(round), 'no-stream', newEvents(1)));
          const outcomes = await Promise.allSettled(appends);
          same(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
          for (const one of outcomes) if (one.status === 'rejected') equal(one.reason.code, 'revision_conflict');
          equal((await scene.store.read(scene.stream(round), 0, 10)).length, 1);
        }
        await other.close();
      }),
  },
  {
    name: 'many events at once, all or none',
    run: (harness) =>
      withScene(harness, async (scene) => {
        same(await scene.append(1, 'no-stream', 500), { revision: 499 });
        await rejects(scene.append(1, 498, 500), conflict(499));
        equal((await scene.store.read(scene.stream(1), 0, 2000)).length, 500);
      }),
  },
  {
    name: 'the same events again: the same answer, stored once',
    run: (harness) =>
      withScene(harness, async (scene) => {
        const { store } = scene;
        const stream = scene.stream(1);
        const [first, second] = [newEvents(2), newEvents(1)];
        same(await store.append(stream, 'no-stream', first), { revision: 1 });
        same(await store.append(stream, 'no-stream', first), { revision: 1 });
        same(await store.append(stream, 1, second), { revision: 2 });
        same(await store.append(stream, 'no-stream', first), { revision: 1 });
        same(await store.append(stream, 1, second), { revision: 2 });
        equal((await store.read(stream, 0, 10)).length, 3);
      }),
  },
  {
    name: 'a stream is started once, the same events again are a conflict',
    run: (harness) =>
      withScene(harness, async (scene) => {
        const { store } = scene;
        const stream = (n: number) => scene.stream(n);
        if (store.startStream === undefined) throw new Error('this store has no startStream');
        const [first, second] = [newEvents(2), newEvents(1)];
        same(await store.startStream(stream(1), first), { revision: 1 });
        const [again, other, lenient] = await Promise.allSettled([
          store.startStream(stream(1), first),
          store.startStream(stream(2), second),
          store.append(stream(1), 'no-stream', first),
        ]);
        same(other, { status: 'fulfilled', value: { revision: 0 } });
        same(lenient, { status: 'fulfilled', value: { revision: 1 } });
        equal(again.status, 'rejected');
        await rejects(store.startStream(stream(1), newEvents(1)), conflict(1));
        await rejects(store.startStream(stream(2), second), conflict(0));
        const counts = await Promise.all([1, 2].map((n) => store.read(stream(n), 0, 10)));
        same(
          counts.map((events) => events.length),
          [2, 1],
        );
      }),
  },
  {
    name: 'another last event than the writer believes is a conflict, in whatever history it has the same id',
    run: (harness) =>
      withScene(harness, async (scene) => {
        const { store } = scene;
        const stream = scene.stream(1);
        const [event] = newEvents(1) as [NewEvent];
        const { id, metadata } = event;
        await store.append(stream, 'no-stream', [event]);
        const believed = { id, recordedAt: metadata.recorded_at };
        await rejects(store.append(stream, 0, newEvents(1), { ...believed, id: randomUUID() }), conflict(0));
        await rejects(
          store.append(stream, 0, newEvents(1), { ...believed, recordedAt: '2026-01-01T00:00:00.001Z' }),
          conflict(0),
        );
        same(await store.append(stream, 0, newEvents(1), believed), { revision: 1 });
      }),
  },
  {
    name: 'some of the same events with others: a conflict',
    run: (harness) =>
      withScene(harness, async (scene) => {
        const [one, two] = newEvents(2) as [NewEvent, NewEvent];
        await scene.store.append(scene.stream(1), 'no-stream', [one]);
        await rejects(scene.store.append(scene.stream(1), 'no-stream', [one, two]), conflict(0));
        await rejects(scene.store.append(scene.stream(1), 'no-stream', newEvents(1)), conflict(0));
      }),
  },
  {
    name: 'no events: nothing happens',
    run: (harness) =>
      withScene(harness, async (scene) => {
        same(await scene.append(1, 'no-stream', 0), { revision: -1 });
        await scene.append(1, 'no-stream');
        same(await scene.append(1, 0, 0), { revision: 0 });
        equal((await scene.store.read(scene.stream(1), 0, 10)).length, 1);
      }),
  },
  {
    name: 'large and unusual data, and metadata, come back to the letter',
    run: (harness) =>
      withScene(harness, async (scene) => {
        const data = {
          text: 'a\u0000b 🏦 "\\ \u2028',
          big: 9007199254740991,
          deep: [[{ a: null }]],
          long: 'x'.repeat(1_000_000),
        };
        const [event] = newEvents(1, data) as [NewEvent];
        const sent = { ...event, metadata: { ...event.metadata, actor: 'Ann Ünal', traceparent: '00-ab-cd-01' } };
        await scene.store.append(scene.stream('ünï-çødé 🏦'), 'no-stream', [sent]);
        const [stored] = await scene.store.read(scene.stream('ünï-çødé 🏦'), 0, 1);
        const { position, ...rest } = stored as NonNullable<typeof stored>;
        same(JSON.parse(JSON.stringify(rest)), { ...sent, streamId: scene.stream('ünï-çødé 🏦'), revision: 0 });
        equal(typeof position, 'number');
      }),
  },
  {
    name: 'many streams at once: a conflict fails alone',
    run: (harness) =>
      withScene(harness, async (scene) => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 100 }, (_, n) => scene.append(n, n % 10 === 3 ? 5 : 'no-stream')),
        );
        same(
          outcomes.map(({ status }) => status === 'fulfilled'),
          outcomes.map((_, n) => n % 10 !== 3),
        );
        equal((await scene.feedOf(90)).length, 90);
      }),
  },
];
