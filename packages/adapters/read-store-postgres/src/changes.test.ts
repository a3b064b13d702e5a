import { itemsProjection } from '@daybook/core';
import { z } from 'zod';
import { payloadsOf } from './changes.ts';

const pages = itemsProjection({
  name: 'book_pages',
  version: 3,
  row: z.object({ book: z.string(), page: z.int() }),
  key: 'book',
  itemKey: 'page',
  of: { name: 'Book', decider: { evolve: () => null } },
  initial: null,
  evolve: (part) => ({ part }),
  list: { filters: [], orderBy: 'page' },
});

test('a save names its table, and each entity once', () => {
  expect(payloadsOf(pages, ['a', 'b', 'a'])).toEqual(['read_models."book_pages_v3" 1r9wi7g 1s3vbad']);
});

test('no payload is more than Postgres takes, and no entity is left out', () => {
  const ids = Array.from({ length: 5000 }, (_, n) => `a book with the number ${n}`);
  const payloads = payloadsOf(pages, ids);
  expect(Math.max(...payloads.map((payload) => Buffer.byteLength(payload)))).toBeLessThan(8000);
  const prints = payloads.flatMap((payload) => payload.split(' ').slice(1));
  expect(new Set(prints).size).toBe(prints.length);
  expect(prints.length).toBeGreaterThan(4990);
});
