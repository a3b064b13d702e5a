import {
  type BoundedContext,
  boundedContext,
  fold,
  foldRows,
  groupOfProjection,
  type NewEvent,
  type Projection,
  projection,
  silent,
  systemClock,
} from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { eventually } from '@daybook/test-support';
import { z } from 'zod';
import { startProjector } from './projector.ts';

const counts = (version: number, evolve: (count: number) => number) =>
  projection({
    name: 'counts',
    version,
    row: z.object({ id: z.string(), count: z.int() }),
    key: 'id',
    folds: { Thing: fold<number, { type: 'Happened'; data: unknown }>({ initial: 0, evolve }) },
    combine: (id, { Thing }) => ({ id, count: Thing }),
    list: { filters: [], orderBy: 'id' },
  });
const ones = counts(1, (count) => count + 1);
const tens = counts(2, (count) => count + 10);
const contextOf = (one: Projection) => boundedContext({ name: 'test', aggregates: [], projections: [one] });

/** Stores with a live build of `ones`, and projectors on them that are stopped at the end. */
async function withStores(play: (scene: Awaited<ReturnType<typeof createScene>>) => Promise<void>): Promise<void> {
  const scene = createScene();
  try {
    await play(scene);
  } finally {
    await scene.stop();
  }
}

function createScene() {
  const store = new InMemoryEventStore();
  const rows = new InMemoryReadStore();
  const { builds } = rows;
  builds.add('test', ones);
  const projectors: { stop(): Promise<void> }[] = [];
  const revisions = new Map<string, number>();
  return {
    store,
    rows,
    builds,
    start(context: BoundedContext, keepMs = 60_000) {
      const dependencies = { contexts: [context], store, rows, builds, clock: systemClock, log: silent, keepMs };
      projectors.push(startProjector(dependencies));
    },
    async append(entity: string, count: number) {
      for (let n = 0; n < count; n++) {
        const revision = (revisions.get(entity) ?? -1) + 1;
        revisions.set(entity, revision);
        const id = `${entity}@${revision}`;
        const metadata = {
          command_id: id,
          causation_id: id,
          correlation_id: id,
          schema_version: 1,
          recorded_at: '2026',
        };
        const event: NewEvent = { id, type: 'Happened', data: {}, metadata };
        await store.append(`test-Thing-${entity}`, revision === 0 ? 'no-stream' : revision - 1, [event]);
      }
    },
    async states() {
      return (await builds.list()).map(({ version, build, state }) => `v${version} ${build} ${state}`);
    },
    /** What people see, whichever build it is. */
    async count(entity: string) {
      const live = (await builds.list()).find(({ state }) => state === 'live');
      if (live === undefined) throw new Error('nothing is live');
      return (await rows.get(live.stored as never, entity))?.row.count as number | undefined;
    },
    stop: () => Promise.all([...projectors.map((one) => one.stop()), store.close()]),
  };
}

test('a rebuild takes the place of the live build once it has all of it; nobody sees less than before', () =>
  withStores(async ({ store, builds, start, append, count, states }) => {
    await append('a', 300);
    start(contextOf(ones));
    start(contextOf(ones));
    await eventually('live', async () => (await count('a')) === 300);
    let working = true;
    let seen = 0;
    const reading = (async () => {
      while (working) {
        const now = (await count('a')) ?? 0;
        expect(now).toBeGreaterThanOrEqual(seen);
        seen = now;
        await append('a', 1);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await builds.begin('test', ones);
    await eventually('switched', async () => (await states()).includes('v1 2 live'));
    working = false;
    await reading;
    expect(await states()).toEqual(['v1 1 retired', 'v1 2 live']);
    const [, build] = await builds.list();
    const folded = foldRows(ones, await store.readFeed('test', 0, 100_000));
    await eventually('all', async () => (await count('a')) === folded.get('a')?.[0]?.count);
    expect(build?.stored.build).toBe(2);
  }));

test('another version: the old one is kept by the projectors that know it, until the new one takes over', () =>
  withStores(async ({ builds, start, append, count, states }) => {
    await append('a', 5);
    start(contextOf(ones));
    await eventually('live', async () => (await count('a')) === 5);
    await builds.begin('test', tens);
    await append('a', 1);
    await eventually('the old one follows', async () => (await count('a')) === 6);
    expect(await states()).toEqual(['v1 1 live', 'v2 1 building']);
    start(contextOf(tens));
    await eventually('the new one is live', async () => (await count('a')) === 60);
  }));

test('what ended is cleared away, with its group', () =>
  withStores(async ({ store, builds, start, append, states }) => {
    await append('a', 5);
    await builds.begin('test', tens);
    await builds.abandon('counts');
    await builds.begin('test', ones);
    start(contextOf(ones), 0);
    await eventually('only the live one is left', async () => (await states()).join() === 'v1 2 live');
    expect((await store.groupStatus(groupOfProjection(ones), 'test')).lag).toBe(5);
    expect((await store.groupStatus(groupOfProjection({ ...ones, build: 2 }), 'test')).lag).toBe(0);
  }));

test('a build that could not fold an event waits for a person; the live one goes on', () =>
  withStores(async ({ store, builds, start, append, count, states }) => {
    const broken = counts(2, () => {
      throw new Error('broken');
    });
    await append('a', 1);
    await builds.begin('test', broken);
    start(contextOf(broken));
    start(contextOf(ones));
    const group = groupOfProjection(broken);
    await eventually('set aside', async () => (await store.groupProgress(group, 'test')).aside === 1);
    await append('b', 1);
    await eventually('live', async () => (await count('b')) === 1);
    await eventually('the other is as far', async () => (await store.groupProgress(group, 'test')).done === 2);
    expect(await states()).toEqual(['v1 1 live', 'v2 1 building']);
  }));
