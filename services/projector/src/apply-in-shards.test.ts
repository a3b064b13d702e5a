import { type FoldedEntity, fold, foldRows, type Projection, projection, type RecordedEvent } from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { z } from 'zod';
import { applyInShards } from './apply-in-shards.ts';

const sums = projection({
  name: 'sums',
  version: 1,
  row: z.object({ id: z.string(), text: z.string() }),
  key: 'id',
  folds: {
    Thing: fold<string, { type: 'Said'; data: { word: string } }>({
      initial: '',
      evolve: (text, { data }) => text + data.word,
    }),
  },
  combine: (id, { Thing }) => ({ id, text: Thing }),
  list: { filters: [], orderBy: 'id' },
});

/** Forty things, of which each says one word after the other. */
const events = Array.from({ length: 400 }, (_, n): RecordedEvent => {
  const [thing, revision] = [n % 40, Math.floor(n / 40)];
  const metadata = {
    command_id: `c${n}`,
    causation_id: `c${n}`,
    correlation_id: `c${n}`,
    schema_version: 1,
    recorded_at: '',
  };
  return {
    id: `e${n}`,
    type: 'Said',
    data: { word: `${revision} ` },
    streamId: `test-Thing-t${thing}`,
    revision,
    position: n + 1,
    metadata,
  };
});

let rows: InMemoryReadStore;
let batches: number[];
let failing: (entity: FoldedEntity) => boolean;

beforeEach(() => {
  rows = new InMemoryReadStore();
  rows.builds.add('test', sums);
  batches = [];
  failing = () => false;
});

const stores = () => ({
  store: new InMemoryEventStore(),
  rows: {
    load: rows.load.bind(rows),
    async save(one: Projection, entities: readonly FoldedEntity[]) {
      batches.push(entities.length);
      if (entities.some(failing)) throw new Error('this one not');
      await new Promise((resolve) => setTimeout(resolve, 20));
      return rows.save(one, entities);
    },
  },
});

test('many events are written in shards, and make the rows that they make', async () => {
  await applyInShards(sums, events, stores());
  expect(batches).toHaveLength(2);
  for (const [id, [row]] of foldRows(sums, events)) expect((await rows.get(sums, id))?.row).toEqual(row);
});

test('few are written at once', async () => {
  await applyInShards(sums, events.slice(0, 100), stores());
  expect(batches).toEqual([40]);
});

test('when one part fails the other is finished first', async () => {
  failing = ({ entityId }) => entityId === 't0';
  await expect(applyInShards(sums, events, stores())).rejects.toThrow('this one not');
  const found = await Promise.all(Array.from({ length: 40 }, (_, n) => rows.get(sums, `t${n}`)));
  const written = found.filter((row) => row !== undefined);
  expect(written.length).toBeGreaterThan(0);
  expect(written.length).toBeLessThan(40);
});
