import {
  boundedContext,
  type EventStore,
  itemsProjection,
  type ListRequest,
  MalformedMessage,
  type Projection,
  type ReadStore,
  type RecordedEvent,
  type Row,
  silent,
  systemClock,
  Unavailable,
} from '@daybook/core';
import { loanApplications, loans } from '@daybook/loans';
import { z } from 'zod';
import { buildQueryApi } from './query-api.ts';
import { alwaysLive } from './test-live.ts';

const ID = '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1';
const STREAM = `loans-LoanRequest-${ID}`;
const row = {
  loan_application_uuid: ID,
  amount: 1000,
  duration: 6,
  status: 'pending_submission',
  requested_at: '2026-01-02T03:04:05.678Z',
  submitted_at: null,
  review_issued_at: null,
  approved_at: null,
  denied_at: null,
  contract_issued_at: null,
  signed_at: null,
  rejected_at: null,
};

function recorded(revision: number, type: string, command_id: string, data: unknown = {}): RecordedEvent {
  const metadata = {
    command_id,
    causation_id: 'c',
    correlation_id: 'c',
    schema_version: 1,
    recorded_at: row.requested_at,
  };
  return { id: `e${revision}`, streamId: STREAM, revision, position: revision + 1, type, data, metadata };
}

const stream = [
  recorded(0, 'LoanRequested', 'first/1'),
  recorded(1, 'CommandRejected', 'second', {
    command: 'RequestLoan',
    data: {},
    code: 'loan_already_requested',
    message: 'no',
  }),
];

async function ask(
  url: string,
  { rows = {}, store = {} }: { rows?: Partial<ReadStore>; store?: Partial<EventStore> } = {},
) {
  const api = await buildQueryApi({
    contexts: [loans],
    rows: {
      get: async (_projection, id) => (id === ID ? { row, revisions: { LoanRequest: 1 } } : undefined),
      list: async () => ({ rows: [row], next: undefined }),
      ...rows,
    } as ReadStore,
    store: {
      readBackwards: async (id, from, limit) =>
        id === STREAM ? [...stream.slice(0, from === 'end' ? stream.length : from + 1)].reverse().slice(0, limit) : [],
      ...store,
    } as EventStore,
    liveBuilds: alwaysLive(),
    clock: systemClock,
    log: silent,
  });
  const response = await api.inject(url);
  return { status: response.statusCode, type: response.headers['content-type'], body: response.json() as unknown };
}

const PROBLEM = 'application/problem+json; charset=utf-8';
const unavailable = () => Promise.reject(new Unavailable('read store', new Error('connection refused')));

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
      body: { detail: 'something broke here; it was logged' },
    });
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

describe('the outcome of a command', () => {
  test('accepted', async () => {
    expect(await ask(`/outcomes/${STREAM}/${encodeURIComponent('first/1')}`)).toMatchObject({
      status: 200,
      body: {
        status: 'accepted',
        command_id: 'first/1',
        stream: STREAM,
        revision: 0,
        token: `${STREAM}@0`,
        events: [{ type: 'LoanRequested', revision: 0 }],
      },
    });
  });

  test('rejected', async () => {
    expect(await ask(`/outcomes/${STREAM}/second`)).toMatchObject({
      status: 200,
      body: { status: 'rejected', revision: 1, error: { code: 'loan_already_requested' } },
    });
  });

  test('of a command with many events, far from the end of a long stream', async () => {
    const long = Array.from({ length: 5000 }, (_, n) =>
      recorded(n, 'Moved', n >= 1500 && n < 3000 ? 'many' : `other ${n}`),
    );
    const readBackwards: EventStore['readBackwards'] = async (_id, from, limit) =>
      long
        .slice(0, from === 'end' ? long.length : from + 1)
        .reverse()
        .slice(0, limit);
    const { body } = await ask(`/outcomes/${STREAM}/many`, { store: { readBackwards } });
    expect(body).toMatchObject({ status: 'accepted', revision: 2999 });
    expect((body as { events: { revision: number }[] }).events.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 1500 }, (_, n) => 1500 + n),
    );
    expect(await ask(`/outcomes/${STREAM}/none`, { store: { readBackwards } })).toMatchObject({ status: 404 });
  });

  test('not there yet: 404', async () => {
    expect(await ask(`/outcomes/${STREAM}/third`)).toMatchObject({
      status: 404,
      body: { command_id: 'third', stream: STREAM },
    });
  });

  test.each(['loans', 'loans-LoanRequest-%00'])('of what is no stream, %s: 400', async (stream) => {
    expect(await ask(`/outcomes/${stream}/third`)).toMatchObject({ status: 400, type: PROBLEM });
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
