import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { recordedEvents } from '@daybook/testing';
import { z } from 'zod';
import { Unavailable } from '../messages/fault.ts';
import { fold, itemsProjection, projection } from '../modelling/projection.ts';
import { applyProjection } from './apply-projection.ts';
import { EntityCache } from './entity-cache.ts';
import { foldRows } from './fold-entity.ts';

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
  expect((await rows.get(sentences, '1'))?.row).toEqual(expected);
});

test('what is known is skipped', async () => {
  await apply(0, 1, 2);
  await apply(1, 2, 3, 4);
  await apply(0, 1, 2, 3, 4);
  expect((await rows.get(sentences, '1'))?.row).toEqual(expected);
});

test('what is missing is read from the store', async () => {
  await apply(4, 3);
  expect((await rows.get(sentences, '1'))?.row).toEqual(expected);
  await apply(0, 1, 2);
  expect((await rows.get(sentences, '1'))?.row).toEqual(expected);
});

test('writers that overlap lose nothing', async () => {
  await Promise.all([apply(0, 1), apply(1, 2), apply(3), apply(4, 0), apply(2, 3)]);
  expect((await rows.get(sentences, '1'))?.row).toEqual(expected);
});

test('what one writer remembers of a row costs nothing but time when another wrote it since', async () => {
  const [one, other] = [new EntityCache(), new EntityCache()];
  const load = jest.spyOn(rows, 'load');
  const applyBy = (memory: EntityCache, ...batch: number[]) =>
    applyProjection(
      sentences,
      batch.map((n) => events[n] as (typeof events)[number]),
      { rows, store, memory },
    );
  await applyBy(one, 0);
  await applyBy(one, 2);
  expect(load).not.toHaveBeenCalled();
  await applyBy(other, 1);
  await applyBy(one, 3);
  expect(load).toHaveBeenCalledTimes(2);
  await applyBy(other, 4, 0);
  expect((await rows.get(sentences, '1'))?.row).toEqual(expected);
});

test('a row that may not have been stored is read again', async () => {
  const memory = new EntityCache();
  const [first, , second] = events as [(typeof events)[number], unknown, (typeof events)[number]];
  await applyProjection(sentences, [first], { rows, store, memory });
  jest.spyOn(rows, 'save').mockRejectedValueOnce(new Unavailable('rows', 'gone'));
  const load = jest.spyOn(rows, 'load');
  await expect(applyProjection(sentences, [second], { rows, store, memory })).rejects.toThrow(Unavailable);
  await applyProjection(sentences, [second], { rows, store, memory });
  expect(load).toHaveBeenCalledTimes(1);
  expect((await rows.get(sentences, '1'))?.row).toEqual({ id: '1', left: 'a b', right: '' });
});

test('a refused command moves the revision and nothing else', async () => {
  const [first, refused, second] = recordedEvents(
    said('Left', 'a'),
    ['talk-Left-1', { type: 'CommandRejected', data: {} }],
    said('Left', 'b'),
  );
  for (const event of [first, refused, second]) if (event) await applyProjection(sentences, [event], { rows, store });
  expect((await rows.get(sentences, '1'))?.row).toEqual({ id: '1', left: 'a b', right: '' });
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

describe('several rows for one entity', () => {
  type Told = Said | { type: 'Forgot'; data: { word: string } };
  const speaker = { name: 'Left', decider: { evolve: (_state: null, _event: Told) => null } };
  const wordsSaid = itemsProjection({
    name: 'words_said',
    version: 1,
    row: z.object({ id: z.string(), word: z.string(), times: z.int(), before: z.string().nullable() }),
    key: 'id',
    itemKey: 'word',
    of: speaker,
    initial: { times: {} as Record<string, number>, last: null as string | null },
    evolve({ times, last }, { type, data: { word }, streamId }) {
      const [, , id = ''] = streamId.split('-');
      if (type === 'Forgot') return { part: { times: { ...times, [word]: 0 }, last }, remove: [word] };
      const next = (times[word] ?? 0) + 1;
      return {
        part: { times: { ...times, [word]: next }, last: word },
        put: [{ id, word, times: next, before: last }],
      };
    },
    list: { filters: ['word'], orderBy: 'times' },
  });
  const forgot = (word: string) => ['talk-Left-1', { type: 'Forgot', data: { word } }] as const;
  const told = recordedEvents(
    said('Left', 'a'),
    said('Left', 'b'),
    said('Left', 'a'),
    said('Left', 'a', '2'),
    forgot('a'),
    forgot('b'),
    said('Left', 'b'),
    ...Array.from({ length: 10 }, () => said('Left', 'c')),
  );
  const list = async (filters: Record<string, string> = {}) =>
    (await rows.list(wordsSaid, { filters, limit: 100 })).rows;

  beforeEach(async () => {
    store = new InMemoryEventStore();
    for (const { streamId, revision, ...event } of told) {
      await store.append(streamId, revision === 0 ? 'no-stream' : revision - 1, [event]);
    }
  });

  const tell = (...batch: number[]) =>
    applyProjection(
      wordsSaid,
      batch.map((n) => told[n] as (typeof told)[number]),
      { rows, store },
    );

  test('an event writes the rows it changes, and no others', async () => {
    const saved: unknown[] = [];
    const save = rows.save.bind(rows);
    rows.save = (projected, entities) => {
      saved.push(...entities.map(({ put, remove }) => [put.map(({ word }) => word), remove]));
      return save(projected, entities);
    };
    for (const batch of [[0, 1], [2], [4], [5, 6]]) await tell(...batch);
    expect(saved).toEqual([
      [['a', 'b'], []],
      [['a'], []],
      [[], ['a']],
      [['b'], []],
    ]);
  });

  test.each([[[[0, 1, 2, 3, 4, 5, 6, 16]]], [[[16], [3], [0]]], [[[6, 3, 2], [1], [16, 16, 4], [5]]]])(
    'in whatever way the events come: %j',
    async (batches) => {
      for (const batch of batches) await tell(...batch);
      expect(await list()).toEqual([
        { id: '1', word: 'b', times: 1, before: 'a' },
        { id: '2', word: 'a', times: 1, before: null },
        { id: '1', word: 'c', times: 10, before: 'c' },
      ]);
      expect(await list({ id: '1', word: 'b' })).toHaveLength(1);
    },
  );

  test('the fold of a history says the same', async () => {
    await Promise.all([tell(0, 1, 5), tell(16), tell(3, 2), tell(4, 6)]);
    const folded = [...foldRows(wordsSaid, told).values()].flat();
    expect(await list()).toEqual(expect.arrayContaining(folded));
    expect(await list()).toHaveLength(folded.length);
    expect(() => foldRows(wordsSaid, told.slice(1))).toThrow('has 1 where 0 is due');
  });

  test('a row of another entity is an error', () => {
    const astray = {
      ...wordsSaid,
      folds: { Left: { initial: null, evolve: () => ({ part: null, put: [{ id: '9' }] }) } },
    };
    expect(() => foldRows(astray, told)).toThrow('belongs to 9');
  });
});
