import {
  boundedContext,
  type EventStore,
  itemsProjection,
  type ListRequest,
  type ReadStore,
  silent,
  systemClock,
} from '@daybook/core';
import { z } from 'zod';
import { buildQueryApi } from './query-api.ts';
import { alwaysLive } from './test-live.ts';

describe('several rows for one entity, with an age', () => {
  const entry = { book: 'a', page: 2, written_at: '2026-01-01T00:00:00.000Z' };
  const pages = itemsProjection({
    name: 'book_pages',
    version: 1,
    row: z.object({ book: z.string().length(1), page: z.int(), written_at: z.iso.datetime() }),
    key: 'book',
    itemKey: 'page',
    of: { name: 'Book', decider: { evolve: () => null } },
    initial: null,
    evolve: (part) => ({ part }),
    computed: {
      schema: { age_seconds: z.int() },
      of: ({ written_at }, now) => ({ age_seconds: (now.getTime() - Date.parse(written_at)) / 1000 }),
    },
    list: { filters: ['page'], orderBy: 'page' },
  });
  const library = boundedContext({ name: 'library', aggregates: [], projections: [pages] });
  const asked: ListRequest[] = [];
  const read = async (url: string) => {
    const api = await buildQueryApi({
      contexts: [library],
      rows: {
        list: async (_projection, request) => {
          asked.push(request);
          return { rows: [entry], next: 'n2' };
        },
      } as Partial<ReadStore> as ReadStore,
      store: {} as EventStore,
      liveBuilds: alwaysLive(),
      clock: { ...systemClock, now: () => new Date('2026-01-01T00:01:30.000Z') },
      log: silent,
    });
    const response = await api.inject(url);
    return { status: response.statusCode, body: response.json() as unknown };
  };

  test('an entity is answered with a page of its rows; what is computed is as of now', async () => {
    expect(await read('/library/book-pages/a?limit=1&cursor=n1')).toEqual({
      status: 200,
      body: { items: [{ ...entry, age_seconds: 90 }], next: 'n2' },
    });
    expect(asked.pop()).toEqual({ filters: { book: 'a' }, limit: 1, cursor: 'n1' });
    expect(await read('/library/book-pages?page=2')).toMatchObject({ body: { items: [{ age_seconds: 90 }] } });
    expect(asked.pop()).toMatchObject({ filters: { page: '2' } });
  });

  test.each(['/library/book-pages/ab', '/library/book-pages/a?book=b', '/library/book-pages?book=a'])(
    '%s: 400',
    async (url) => {
      expect(await read(url)).toMatchObject({ status: 400 });
    },
  );

  test('OpenAPI has the path with its parameters, and the column that is computed', async () => {
    const { body } = await read('/openapi.json');
    expect(body).toMatchObject({
      paths: {
        '/library/book-pages/{book}': {
          get: {
            parameters: [
              { name: 'limit' },
              { name: 'cursor' },
              { name: 'as_of' },
              { name: 'last_event_id' },
              { name: 'book' },
              { name: 'daybook-token' },
              { name: 'prefer' },
            ],
          },
        },
      },
    });
    expect(JSON.stringify(body)).toContain('age_seconds');
  });
});
