import { silent } from '@daybook/core';
import { z } from 'zod';
import { createApi } from './api.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId?: string; tags?: string[] }>>>>;
  readonly tags: readonly { name: string; description: string }[];
}

/** What an API says of the routes that somebody adds to it, however little they say of themselves. */
async function documentOf(add: (api: Awaited<ReturnType<typeof createApi>>) => void): Promise<Document> {
  const api = await createApi({ title: 'Lamps', description: 'On or off.', url: 'http://127.0.0.1:8080', log: silent });
  add(api);
  const response = await api.inject('/openapi.json');
  expect(response.statusCode).toBe(200);
  return response.json();
}

test('a route without a schema is described, too', async () => {
  const { paths, tags } = await documentOf((api) => void api.get('/lamps/:id/state', () => ({})));
  expect(paths['/lamps/{id}/state']?.get?.operationId).toBe('getLampsByIdState');
  expect(tags).toEqual([]);
});

test('an id that a route has chosen stays, and each tag is described once', async () => {
  const { paths, tags } = await documentOf((api) => {
    const schema = { operationId: 'lightUp', tags: ['lamps'], body: z.object({ id: z.string() }) };
    api.post('/lamps', { schema }, () => ({}));
    api.get('/lamps', { schema: { tags: ['lamps'] } }, () => ({}));
  });
  expect(paths['/lamps']?.post?.operationId).toBe('lightUp');
  expect(tags).toEqual([{ name: 'lamps', description: 'The bounded context lamps.' }]);
});

test('a route for several methods gets no id: it would stand for all of them', async () => {
  const { paths } = await documentOf(
    (api) => void api.route({ method: ['PUT', 'PATCH'], url: '/lamps', handler: () => ({}) }),
  );
  expect(Object.keys(paths['/lamps'] ?? {}).sort()).toEqual(['patch', 'put']);
  expect(paths['/lamps']?.put?.operationId).toBeUndefined();
});

test('what is hidden stays hidden', async () => {
  const { paths } = await documentOf((api) => void api.get('/secret', { schema: { hide: true } }, () => ({})));
  expect(paths).toEqual({});
});
