import { InMemoryReadStore } from '@daybook/in-memory';
import { z } from 'zod';
import { fold, projection } from '../modelling/projection.ts';
import type { ReadStore } from '../ports/read-store.ts';
import { awaitRevision } from './await-revision.ts';

const counts = projection({
  name: 'counts',
  version: 1,
  row: z.object({ id: z.string() }),
  key: 'id',
  folds: { Counter: fold({ initial: null, evolve: () => null }) },
  combine: (id) => ({ id }),
  list: { filters: [], orderBy: 'id' },
});
const token = { context: 'test', aggregate: 'Counter', entityId: 'a', revision: 1 };
const never = new AbortController().signal;

/** A read store that tells how often it was looked at, and how many watch. */
function watched(rows = new InMemoryReadStore()) {
  let looks = 0;
  let watching = 0;
  const spied: ReadStore = {
    ...({} as ReadStore),
    load(...args) {
      looks++;
      return rows.load(...args);
    },
    watch(...args) {
      watching++;
      const unwatch = rows.watch(...args);
      return () => {
        watching--;
        unwatch();
      };
    },
  };
  const save = (entityId: string, revision: number) =>
    rows.save(counts, [
      {
        entityId,
        version: revision + 1,
        parts: { Counter: { revision, part: null } },
        put: [{ id: entityId }],
        remove: [],
      },
    ]);
  return { spied, save, seen: () => ({ looks, watching }) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what is there is seen at the first look', async () => {
  const { spied, save, seen } = watched();
  await save('a', 0);
  await save('a', 1);
  expect(await awaitRevision(spied, counts, token, never)).toBe(1);
  expect(seen()).toEqual({ looks: 1, watching: 0 });
});

test('the row is looked at again when it is told of, and not before', async () => {
  const { spied, save, seen } = watched();
  const waiting = awaitRevision(spied, counts, token, never);
  await turn();
  await save('b', 0);
  await turn();
  expect(seen()).toEqual({ looks: 1, watching: 1 });
  await save('a', 0);
  await turn();
  expect(seen()).toEqual({ looks: 2, watching: 1 });
  await save('a', 1);
  expect(await waiting).toBe(1);
  expect(seen()).toEqual({ looks: 3, watching: 0 });
});

test('a change between the look and the wait is not missed', async () => {
  const { spied, save } = watched();
  const late: ReadStore = {
    ...spied,
    async load(...args) {
      const before = await spied.load(...args);
      await save('a', 0);
      await save('a', 1);
      return before;
    },
  };
  expect(await awaitRevision(late, counts, token, never)).toBe(1);
});

test('at the end the row is looked at once more, and nobody watches any more', async () => {
  const { spied, save, seen } = watched();
  const over = new AbortController();
  const waiting = awaitRevision(spied, counts, token, over.signal);
  await save('a', 0);
  await turn();
  over.abort();
  expect(await waiting).toBe(0);
  expect(seen()).toEqual({ looks: 3, watching: 0 });
  expect(await awaitRevision(spied, counts, token, AbortSignal.abort())).toBe(0);
});

test('a row that can not be looked at ends the wait', async () => {
  const { spied, seen } = watched();
  const broken = { ...spied, load: () => Promise.reject(new Error('away')) };
  await expect(awaitRevision(broken, counts, token, never)).rejects.toThrow('away');
  expect(seen()).toMatchObject({ watching: 0 });
});
