import type { QueryRoutes } from '@daybook/app';
import { type EventStore, type LiveBuilds, type ReadStore, silent, systemClock, Unavailable } from '@daybook/core';
import { loans } from '@daybook/loans';
import { z } from 'zod';
import { buildQueryApi } from './query-api.ts';

function api(routes: QueryRoutes, query = async () => [{ day: '2026-01-01' }] as never[]) {
  return buildQueryApi({
    contexts: [loans],
    rows: {} as ReadStore,
    liveBuilds: {} as LiveBuilds,
    store: {} as EventStore,
    clock: systemClock,
    log: silent,
    own: { routes, tools: { query } },
  });
}

const report: QueryRoutes = (own, { query }) => {
  const schema = { summary: 'A report', querystring: z.strictObject({ from: z.iso.date().optional() }) };
  own.get('/reports/days', { schema }, async () => ({ items: await query('select 1') }));
};

test('a route asks the read store, is described, and its parameters are checked', async () => {
  const built = await api(report);
  expect((await built.inject('/reports/days')).json()).toEqual({ items: [{ day: '2026-01-01' }] });
  expect((await built.inject('/openapi.json')).json()).toHaveProperty(
    ['paths', '/reports/days', 'get', 'summary'],
    'A report',
  );
  const refused = await built.inject('/reports/days?from=x');
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject({ type: 'urn:daybook:problem:invalid-request' });
});

test('a database that is away is 503', async () => {
  const built = await api(report, () => Promise.reject(new Unavailable('Postgres', 'down')));
  expect((await built.inject('/reports/days')).statusCode).toBe(503);
});

test.each(['/loans/loan-applications/mine', '/loans/loan-applications/:id/history', '/outcomes/:stream/:id'])(
  '%s would hide a built-in path: it does not start',
  async (url) => {
    const built = api((own) => void own.get(url, () => 'mine'));
    await expect(built).rejects.toThrow(`the app's own route GET ${url} has paths in common with the built-in GET /`);
  },
);

test('a path of a context that nothing has is free', async () => {
  const built = await api((own) => void own.get('/loans/reports', () => 'mine'));
  expect((await built.inject('/loans/reports')).body).toBe('mine');
});
