import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { recordedEvents } from '@daybook/testing';
import { z } from 'zod';
import { applyProjection } from './apply-projection.ts';
import { fold, projection } from './projection.ts';

type Said = { type: 'Said'; data: { word: string } };

const words = fold<string[], Said>({ initial: [], evolve: (before, { data }) => [...before, data.word] });
const sentences = projection({
  name: 'sentences',
  version: 1,
  row: z.object({ id: z.string(), left: z.string(), right: z.string() }),
  key: 'id',
  folds: { Left: words, Right: words },
  combine: (id, { Left, Right }) => ({ id, left: Left.join(' '), right: Right.join(' ') }),
  list: { filters: [], orderBy: 'id' },
});

const said = (aggregate: string, word: string, id = '1') =>
  [`talk-${aggregate}-${id}`, { type: 'Said', data: { word } }] as const;
const events = recordedEvents(
  said('Left', 'a'),
  said('Right', 'x'),
  said('Left', 'b'),
  said('Left', 'c'),
  said('Right', 'y'),
);
const expected = { id: '1', left: 'a b c', right: 'x y' };

let rows: InMemoryReadStore;
let store: InMemoryEventStore;

beforeEach(async () => {
  rows = new InMemoryReadStore();
  store = new InMemoryEventStore();
  for (const { streamId, revision, ...event } of events) {
    await store.append(streamId, revision === 0 ? 'no-stream' : revision - 1, [event]);
  }
});

const apply = (...batch: number[]) =>
  applyProjection(
    sentences,
    batch.map((n) => events[n] as (typeof events)[number]),
    { rows, store },
  );

test('a batch is folded into its rows', async () => {
  await apply(0, 1, 2, 3, 4);
  expect(await rows.get(sentences, '1')).toEqual(expected);
});

test('what is known is skipped', async () => {
  await apply(0, 1, 2);
  await apply(1, 2, 3, 4);
  await apply(0, 1, 2, 3, 4);
  expect(await rows.get(sentences, '1')).toEqual(expected);
});

test('what is missing is read from the store', async () => {
  await apply(4, 3);
  expect(await rows.get(sentences, '1')).toEqual(expected);
  await apply(0, 1, 2);
  expect(await rows.get(sentences, '1')).toEqual(expected);
});

test('writers that overlap lose nothing', async () => {
  await Promise.all([apply(0, 1), apply(1, 2), apply(3), apply(4, 0), apply(2, 3)]);
  expect(await rows.get(sentences, '1')).toEqual(expected);
});

test('a refused command moves the revision and nothing else', async () => {
  const [first, refused, second] = recordedEvents(
    said('Left', 'a'),
    ['talk-Left-1', { type: 'CommandRejected', data: {} }],
    said('Left', 'b'),
  );
  for (const event of [first, refused, second]) if (event) await applyProjection(sentences, [event], { rows, store });
  expect(await rows.get(sentences, '1')).toEqual({ id: '1', left: 'a b', right: '' });
});

test('an event that the fold does not know is an error, not a lost event', async () => {
  const [left] = Object.values(sentences.folds);
  const forgetful = {
    ...sentences,
    folds: { ...sentences.folds, Left: { ...left, initial: [], evolve: () => undefined } },
  };
  await expect(applyProjection(forgetful, [events[0] as (typeof events)[number]], { rows, store })).rejects.toThrow(
    'does not know Said',
  );
});
