import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { boundedContext, itemsProjection, type ReadStore, type Row, Unavailable } from '@daybook/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { apiOver } from './test-api.ts';

const words = itemsProjection({
  name: 'all_words',
  version: 1,
  row: z.object({ book: z.string(), number: z.int(), word: z.string().nullable(), loud: z.boolean() }),
  key: 'book',
  itemKey: 'number',
  of: { name: 'Book', decider: { evolve: () => null } },
  initial: null,
  evolve: (part) => ({ part }),
  computed: { schema: { year: z.int() }, of: (_row, now) => ({ year: now.getUTCFullYear() }) },
  exported: true,
  list: { filters: [], orderBy: 'number' },
});
const library = boundedContext({ name: 'library', aggregates: [], projections: [words] });
const row = (number: number, word: string | null = 'w'): Row => ({ book: 'b', number, word, loud: number % 2 === 0 });

/** Pages of rows without end, as long as nobody stops asking. @param last how many pages there are */
function pages(last = Number.POSITIVE_INFINITY, size = 1000) {
  const asked: (string | undefined)[] = [];
  const list: ReadStore['list'] = async (_projection, { cursor }) => {
    asked.push(cursor);
    const page = asked.length;
    const rows = Array.from({ length: size }, (_, n) => row((page - 1) * size + n, 'x'.repeat(100)));
    return { rows, next: page < last ? `c${page}` : undefined };
  };
  return { asked, list };
}

const apiOf = (list: ReadStore['list']) => apiOver(library, [], undefined, { rows: { list } });

test('CSV: a line of names, then RFC 4180', async () => {
  const list = async () => ({
    rows: [row(1, 'plain'), row(2, 'a "quoted",\r\nword'), row(3, null), row(4, '')],
    next: undefined,
  });
  const { ask } = await apiOf(list);
  const { status, headers, body } = await ask('/library/all-words/export');
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': 'attachment; filename="all_words.csv"',
  });
  expect(body).toBe(
    [
      'book,number,word,loud,year',
      'b,1,plain,false,2026',
      'b,2,"a ""quoted"",\r\nword",true,2026',
      'b,3,,false,2026',
      'b,4,,true,2026',
      '',
    ].join('\r\n'),
  );
});

test('NDJSON: a row a line, over all pages', async () => {
  const { list, asked } = pages(3, 2);
  const { ask } = await apiOf(list);
  const { headers, body } = await ask('/library/all-words/export?format=ndjson');
  expect(headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
  const rows = (body as string).trimEnd().split('\n');
  expect(rows.map((line) => (JSON.parse(line) as { number: number }).number)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(asked).toEqual([undefined, 'c1', 'c2']);
});

test('no rows: the names, or nothing', async () => {
  const { ask } = await apiOf(async () => ({ rows: [], next: undefined }));
  expect((await ask('/library/all-words/export?format=csv')).body).toBe('book,number,word,loud,year\r\n');
  expect(await ask('/library/all-words/export?format=ndjson')).toMatchObject({ status: 200, body: '' });
});

test('another format, or a projection that is not exported: no', async () => {
  const { ask } = await apiOf(pages(1).list);
  expect((await ask('/library/all-words/export?format=xlsx')).status).toBe(400);
  const { exported: _, ...kept } = words;
  const closed = await apiOver(boundedContext({ name: 'library', aggregates: [], projections: [kept] }), []);
  expect(await closed.ask('/library/all-words/export')).toMatchObject({ headers: { 'content-type': /json/ } });
});

test('the database away before the first row: 503 as everywhere', async () => {
  const { ask } = await apiOf(() => Promise.reject(new Unavailable('read store', 'gone')));
  const { status, headers } = await ask('/library/all-words/export');
  expect({ status, type: headers['content-type'] }).toEqual({
    status: 503,
    type: 'application/problem+json; charset=utf-8',
  });
  expect(headers['content-disposition']).toBeUndefined();
});

describe('over a connection', () => {
  let api: FastifyInstance;
  afterEach(() => api.close());

  /** Asks, and reads nothing of the body yet. */
  async function download(list: ReadStore['list']): Promise<IncomingMessage> {
    api = (await apiOf(list)).api;
    await api.listen({ port: 0, host: '127.0.0.1' });
    const { port } = api.server.address() as AddressInfo;
    const [response] = (await once(get(`http://127.0.0.1:${port}/library/all-words/export`), 'response')) as [
      IncomingMessage,
    ];
    return response;
  }

  /** Resolves when nothing has been asked for a while. */
  async function quiet(asked: readonly unknown[]): Promise<number> {
    for (let before = -1; before !== asked.length; ) {
      before = asked.length;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return asked.length;
  }

  test('who takes nothing is waited for, who goes away is forgotten', async () => {
    const { list, asked } = pages();
    const response = await download(list);
    // What the buffers of both sockets take is some megabytes; a page is more than 100 KB.
    expect(await quiet(asked)).toBeLessThan(200);
    response.destroy();
    const after = await quiet(asked);
    await quiet([]);
    expect(asked).toHaveLength(after);
  });

  test('an error in the middle breaks the connection: what came does not look whole', async () => {
    const { list, asked } = pages();
    const failing: ReadStore['list'] = (...request) =>
      asked.length < 3 ? list(...request) : Promise.reject(new Unavailable('read store', 'gone'));
    const response = await download(failing);
    response.resume();
    const [error] = (await once(response, 'error')) as [NodeJS.ErrnoException];
    expect({ complete: response.complete, code: error.code }).toEqual({ complete: false, code: 'ECONNRESET' });
  });
});
