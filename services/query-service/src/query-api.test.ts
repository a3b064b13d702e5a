import {
  boundedContext,
  type EventStore,
  type ListRequest,
  MalformedMessage,
  type ReadStore,
  silent,
  systemClock,
} from '@daybook/core';
import { buildQueryApi } from './query-api.ts';
import { alwaysLive } from './test-live.ts';
import { ask, ID, PROBLEM, row, unavailable } from './test-query-api.ts';

describe('one row', () => {
  test('is answered as the read model has it', async () => {
    expect(await ask(`/loans/loan-applications/${ID}`)).toMatchObject({ status: 200, body: row });
  });

  test('is found by its id in any spelling', async () => {
    expect(await ask(`/loans/loan-applications/${ID.toUpperCase()}`)).toMatchObject({ status: 200, body: row });
  });

  test('that does not exist: 404', async () => {
    expect(await ask('/loans/loan-applications/2ab0d3f0-7b1c-4a53-9d55-111111111111')).toMatchObject({
      status: 404,
      type: PROBLEM,
      body: { type: 'urn:daybook:problem:not-found', status: 404 },
    });
  });

  test('whose id can be none: 400', async () => {
    expect(await ask('/loans/loan-applications/17')).toMatchObject({
      status: 400,
      type: PROBLEM,
      body: {
        error: { code: 'invalid_request', issues: [{ path: 'path.loan_application_uuid', message: 'Invalid UUID' }] },
      },
    });
  });

  test('while the database is away: 503, and nothing of where it is', async () => {
    expect(await ask(`/loans/loan-applications/${ID}`, { rows: { get: unavailable } })).toMatchObject({
      status: 503,
      type: PROBLEM,
      body: { type: 'urn:daybook:problem:unavailable', detail: 'a server behind this one does not answer; try again' },
    });
  });

  test('that is not what its schema says: 500, and nothing of it is shown', async () => {
    const answer = await ask(`/loans/loan-applications/${ID}`, {
      rows: { get: async () => ({ row: { ...row, status: 'lost' }, revisions: {} }) },
    });
    expect(answer).toMatchObject({
      status: 500,
      type: PROBLEM,
      body: { type: 'urn:daybook:problem:row-unreadable', row: { loan_application_uuid: ID } },
    });
    expect(JSON.stringify(answer)).not.toContain('lost');
  });
});

describe('a list', () => {
  test('hands filters, limit and cursor on', async () => {
    const asked: ListRequest[] = [];
    const list: ReadStore['list'] = async (_projection, request) => {
      asked.push(request);
      return { rows: [row], next: 'n2' };
    };
    expect(await ask('/loans/loan-applications?status=approved&limit=1&cursor=n1', { rows: { list } })).toMatchObject({
      status: 200,
      body: { items: [row], next: 'n2' },
    });
    await ask('/loans/loan-applications', { rows: { list } });
    expect(asked).toEqual([
      { filters: { status: 'approved' }, limit: 1, cursor: 'n1' },
      { filters: {}, limit: 50, cursor: undefined },
    ]);
  });

  test('says null after the last page', async () => {
    expect(await ask('/loans/loan-applications')).toMatchObject({ body: { next: null } });
  });

  test.each([
    ['amount=3', 'unknown parameter amount; allowed: status, limit, cursor, last_event_id'],
    ['status=lost', 'Invalid option: expected one of "pending_submission"|"submitted"|"pending_review"'],
    ['status=approved&status=denied', 'Invalid option'],
    ['limit=0', 'a whole number from 1 to 500'],
    ['limit=501', 'a whole number from 1 to 500'],
    ['limit=ten', 'a whole number from 1 to 500'],
  ])('?%s: 400 that says what is allowed', async (query, said) => {
    expect(await ask(`/loans/loan-applications?${query}`)).toMatchObject({
      status: 400,
      type: PROBLEM,
      body: { detail: expect.stringContaining(said) as string },
    });
  });

  test('with a cursor that is none: 400', async () => {
    const list = () => Promise.reject(new MalformedMessage('invalid_cursor', 'no cursor of this list'));
    expect(await ask('/loans/loan-applications?cursor=x', { rows: { list } })).toMatchObject({
      status: 400,
      body: { type: 'urn:daybook:problem:invalid-cursor', error: { code: 'invalid_cursor' } },
    });
  });
});

test('an unknown path is a problem too', async () => {
  expect(await ask('/loans/nothing')).toMatchObject({ status: 404, type: PROBLEM });
});

test('the routes come from the contexts', async () => {
  const empty = boundedContext({ name: 'empty', aggregates: [] });
  const api = await buildQueryApi({
    contexts: [empty],
    rows: {} as ReadStore,
    store: {} as EventStore,
    liveBuilds: alwaysLive(),
    clock: systemClock,
    log: silent,
  });
  expect((await api.inject('/loans/loan-applications')).statusCode).toBe(404);
});

test.each(Object.getOwnPropertyNames(Object.prototype))('?%s=1 is an unknown parameter', async (name) => {
  for (const path of ['loan-applications', `loan-applications/${ID}`, 'loan-facts/funnel', 'loan-facts/export']) {
    expect(await ask(`/loans/${path}?${name}=1`)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(`unknown parameter ${name}; allowed: `) as string },
    });
  }
});
