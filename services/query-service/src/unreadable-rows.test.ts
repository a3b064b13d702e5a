import {
  applyProjection,
  boundedContext,
  itemsProjection,
  type Message,
  projection,
  type RecordedEvent,
} from '@daybook/core';
import { recordedEvents } from '@daybook/testing';
import fc from 'fast-check';
import { z } from 'zod';
import { listenAt } from './live/test-listener.ts';
import { apiOver } from './test-api.ts';

// A row that does not fit its schema, as an older log or a hand in the database can leave one, takes no other with it.

type Weighed = Message<'Weighed', { grams: number }>;

const weights = projection({
  name: 'weights',
  version: 1,
  row: z.object({ thing: z.string(), grams: z.int().max(100) }),
  key: 'thing',
  folds: { Thing: { initial: 0, evolve: (_before: number, { data }: RecordedEvent<Weighed>) => data.grams } },
  combine: (thing, { Thing }) => ({ thing, grams: Thing }),
  computed: {
    schema: { share: z.number() },
    of({ grams }) {
      if (grams === 13) throw new Error('a superstition');
      return { share: grams / 100 };
    },
  },
  list: { filters: ['grams'], orderBy: 'grams' },
  exported: true,
});

const weighings = itemsProjection({
  name: 'weighings',
  version: 1,
  row: z.object({ thing: z.string(), number: z.int(), grams: z.int().max(100) }),
  key: 'thing',
  itemKey: 'number',
  of: { name: 'Thing', decider: { evolve: (_state: null, _event: Weighed) => null } },
  initial: 0,
  evolve: (number, { data, streamId }) => ({
    part: number + 1,
    put: [{ thing: streamId.slice('shop-Thing-'.length), number: number + 1, grams: data.grams }],
  }),
  list: { filters: [], orderBy: 'number' },
});

const shop = boundedContext({ name: 'shop', aggregates: [], projections: [weights, weighings] });

const weighed = (thing: string, grams: number) =>
  [`shop-Thing-${thing}`, { type: 'Weighed', data: { grams } }] as const;
const history = recordedEvents(
  weighed('a', 1),
  weighed('b', 1000),
  weighed('c', 13),
  weighed('d', 100),
  weighed('a', 2),
);

const unreadable = (row: Record<string, string>, reason: string) => ({
  type: 'urn:daybook:problem:row-unreadable',
  status: 500,
  projection: 'number' in row ? 'weighings' : 'weights',
  row,
  detail: expect.stringContaining(reason) as string,
});

test('a list serves the others, and names the ones that it leaves out', async () => {
  const { ask } = await apiOver(shop, history);
  expect(await ask('/shop/weights')).toMatchObject({
    status: 200,
    body: {
      items: [
        { thing: 'a', grams: 2, share: 0.02 },
        { thing: 'd', grams: 100, share: 1 },
      ],
      next: null,
      problems: [unreadable({ thing: 'c' }, 'a superstition'), unreadable({ thing: 'b' }, 'grams: Too big')],
    },
  });
});

test('a page in which every row fits says nothing of problems', async () => {
  const { ask } = await apiOver(shop, history);
  expect((await ask('/shop/weights?limit=1')).body).not.toHaveProperty('problems');
});

test('one row that does not fit is a problem that says so; as of another time as well', async () => {
  const { ask } = await apiOver(shop, history);
  const body = unreadable({ thing: 'b' }, 'weights has a row of thing b that can not be shown (grams: Too big');
  expect(await ask('/shop/weights/b')).toMatchObject({ status: 500, body });
  expect(await ask('/shop/weights/b?as_of=2')).toMatchObject({ status: 500, body });
  expect(await ask('/shop/weights/a')).toMatchObject({ status: 200, body: { grams: 2 } });
  expect(await ask('/shop/weights/a?as_of=1')).toMatchObject({ status: 200, body: { grams: 1 } });
});

test('of several rows of an entity, the others are served, now and as of another time', async () => {
  const { ask } = await apiOver(shop, recordedEvents(weighed('a', 1), weighed('a', 1000), weighed('a', 3)));
  const body = {
    items: [{ number: 1 }, { number: 3 }],
    problems: [unreadable({ thing: 'a', number: '2' }, 'grams: Too big')],
  };
  expect(await ask('/shop/weighings/a')).toMatchObject({ status: 200, body });
  expect(await ask('/shop/weighings/a?as_of=3')).toMatchObject({ status: 200, body });
});

test('an export has every row as it is stored', async () => {
  const { ask } = await apiOver(shop, history);
  expect((await ask('/shop/weights/export')).body).toBe(
    ['thing,grams,share', 'a,2,0.02', 'c,13,', 'd,100,1', 'b,1000,10', ''].join('\r\n'),
  );
});

test('live updates say that a row can not be shown, and go on with the next', async () => {
  const { api, store, rows } = await apiOver(shop, history);
  const url = await api.listen({ port: 0, host: '127.0.0.1' });
  const listener = await listenAt(`${url}/shop/weights`, '0');
  const heard = [];
  await store.subscribe({
    group: 'weights.v1',
    context: 'shop',
    handle: (events: readonly RecordedEvent[]) => applyProjection(weights, events, { store, rows }),
  } as never);
  for (let n = 0; n < 4; n++) heard.push(await listener.next());
  listener.leave();
  api.server.closeAllConnections();
  await api.close();
  await store.close();
  expect(heard.map((one) => [one?.event, one?.data?.thing]).sort()).toEqual([
    ['row', 'a'],
    ['row', 'd'],
    ['unreadable', 'b'],
    ['unreadable', 'c'],
  ]);
});

test('whatever rows there are: each is among the items or the problems, once', async () => {
  const grams = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(13, 101, 0.5, -1, 1e300, null, 'x'));
  await fc.assert(
    fc.asyncProperty(fc.array(grams, { maxLength: 10 }), fc.integer({ min: 1, max: 4 }), async (all, limit) => {
      const events = recordedEvents(...all.map((one, n) => weighed(`t${n}`, one as number)));
      const { ask } = await apiOver(shop, events);
      const seen: string[] = [];
      for (let next: string | null = '', pages = 0; next !== null; pages++) {
        const { status, body } = await ask(`/shop/weighings?limit=${limit}${next === '' ? '' : `&cursor=${next}`}`);
        const page = body as {
          items: { thing: string }[];
          problems?: { row: { thing: string } }[];
          next: string | null;
        };
        expect([status, pages <= all.length]).toEqual([200, true]);
        seen.push(...page.items.map(({ thing }) => thing), ...(page.problems ?? []).map(({ row }) => row.thing));
        next = page.next;
      }
      expect(seen.sort()).toEqual(all.map((_, n) => `t${n}`).sort());
    }),
    { numRuns: 100 },
  );
});
