import { type EventStore, type Projection, type ReadStore, type Row, silent, systemClock } from '@daybook/core';
import { loanApplications, loans } from '@daybook/loans';
import { buildQueryApi } from './query-api.ts';
import { alwaysLive } from './test-live.ts';
import { ID, row } from './test-query-api.ts';

describe('which version answers', () => {
  const older = { ...loanApplications, version: 0, list: { filters: [], orderBy: 'requested_at' } } as Projection;
  const stored = { loan_application_uuid: ID, state: 'as it was then' };
  const answering = async (live: Projection, url: string, found: Row | undefined = stored) => {
    const api = await buildQueryApi({
      contexts: [loans],
      rows: {
        get: async () => found && { row: found, revisions: { LoanRequest: 0 } },
        list: async () => ({ rows: [stored], next: undefined }),
      } as Partial<ReadStore> as ReadStore,
      liveBuilds: alwaysLive(live),
      store: {} as EventStore,
      clock: systemClock,
      log: silent,
    });
    const { statusCode: status, headers, body } = await api.inject(`/loans/loan-applications${url}`);
    return {
      status,
      version: headers['daybook-projection'],
      type: headers['content-type'],
      body: JSON.parse(body) as unknown,
    };
  };
  const JSON_TYPE = 'application/json; charset=utf-8';

  test('its own', async () => {
    expect(await answering(loanApplications, `/${ID}`, row)).toMatchObject({
      version: 'loan_applications.v1',
      body: row,
    });
    expect(await answering(loanApplications, `/${ID}`, undefined)).toMatchObject({ version: 'loan_applications.v1' });
  });

  test('another one: its rows as they are stored', async () => {
    const version = 'loan_applications.v0';
    expect(await answering(older, `/${ID}`)).toEqual({ status: 200, version, type: JSON_TYPE, body: stored });
    const page = { items: [stored], next: null };
    expect(await answering(older, '?limit=1')).toEqual({ status: 200, version, type: JSON_TYPE, body: page });
  });

  test('another one that has several rows where this one has one: a page of them', async () => {
    const several = { ...older, itemKey: 'page' } as unknown as Projection;
    expect((await answering(several, `/${ID}`)).body).toEqual({ items: [stored], next: null });
  });

  test('another one without a filter that this one has: 400 that says so', async () => {
    expect(await answering(older, '?status=approved')).toMatchObject({
      status: 400,
      body: { error: { code: 'unknown_filter' }, detail: expect.stringContaining('loan_applications.v0') as string },
    });
  });
});
