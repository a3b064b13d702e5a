import { accounts } from '@daybook/accounts';
import { loans } from '@daybook/loans';
import { recordedEvents } from '@daybook/testing';
import { apiOver } from './test-api.ts';

const ID = '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1';
const OTHER = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const data = { loan_application_uuid: ID };
const loan = (aggregate: string, type: string, more: object = {}, id = ID) =>
  [`loans-${aggregate}-${id}`, { type, data: { ...data, ...more } }] as const;

/** A minute apart, from 2026-01-01T00:00:00.000Z, at positions 1 to 6. */
const life = recordedEvents(
  loan('LoanRequest', 'LoanRequested', { amount: 1000, duration: 6 }, OTHER),
  loan('LoanRequest', 'LoanRequested', { amount: 1000, duration: 6 }),
  loan('LoanRequest', 'LoanRequestSubmitted'),
  loan('LoanRequest', 'CommandRejected', { command: 'SubmitLoanRequest', data, code: 'no', message: 'no' }),
  loan('LoanReview', 'LoanReviewIssued'),
  loan('LoanReview', 'LoanApproved'),
);
const at = (minute: string) => `2026-01-01T00:0${minute}Z`;
const path = `/loans/loan-applications/${ID}`;

describe('one row', () => {
  test.each([
    [at('1:00'), 2, 'pending_submission'],
    [at('1:59.999'), 2, 'pending_submission'],
    [at('2:00'), 3, 'submitted'],
    ['2026-01-01T01:03:30%2B01:00', 4, 'submitted'],
    [at('4:00'), 5, 'pending_review'],
    ['2026-12-31T00:00:00Z', 6, 'approved'],
    ['2', 2, 'pending_submission'],
    ['3', 3, 'submitted'],
    ['6', 6, 'approved'],
  ])('as of %s: what the events up to position %i make', async (asOf, position, status) => {
    const { ask } = await apiOver(loans, life);
    expect(await ask(`${path}?as_of=${asOf}`)).toMatchObject({
      status: 200,
      headers: { 'daybook-position': String(position) },
      body: { loan_application_uuid: ID, status },
    });
  });

  test('says which moment was taken, as a position or in UTC', async () => {
    const { ask } = await apiOver(loans, life);
    const taken = async (asOf: string) => (await ask(`${path}?as_of=${asOf}`)).headers['daybook-as-of'];
    expect(await taken('2026-01-01T02:03:30.5%2B02:00')).toBe('2026-01-01T00:03:30.500Z');
    expect(await taken('5')).toBe('5');
  });

  test('no stored row is looked at', async () => {
    const get = () => Promise.reject(new Error('looked'));
    const { ask } = await apiOver(loans, life, undefined, { rows: { get, list: get } });
    expect(await ask(`${path}?as_of=6`)).toMatchObject({ status: 200, body: { status: 'approved' } });
  });

  test('what is computed is computed as of then', async () => {
    const { ask } = await apiOver(loans, life);
    const age = async (asOf: string) => (await ask(`/loans/review-queue/${ID}?as_of=${asOf}`)).body;
    expect(await age(at('4:42'))).toMatchObject({ age_seconds: 42 });
    expect(await age('5')).toMatchObject({ age_seconds: 0 });
  });

  test.each([
    [path, at('0:59'), 'before-the-first-event'],
    [path, '1', 'before-the-first-event'],
    [path, '0', 'before-the-first-event'],
    [`/loans/review-queue/${ID}`, at('3:00'), 'no-row-then'],
    [`/loans/review-queue/${ID}`, at('5:00'), 'no-row-then'],
    ['/loans/loan-applications/2ab0d3f0-7b1c-4a53-9d55-111111111111', at('5:00'), 'not-found'],
  ])('%s as of %s: 404, %s', async (url, asOf, type) => {
    const { ask } = await apiOver(loans, life);
    expect(await ask(`${url}?as_of=${asOf}`)).toMatchObject({
      status: 404,
      body: { type: `urn:daybook:problem:${type}` },
    });
  });

  test.each([
    ['2026-12-31T00:00:00.001Z', 'as-of-in-the-future', 'it is 2026-12-31T00:00:00.000Z'],
    ['7', 'as-of-in-the-future', 'loans has not come to position 7 yet'],
    ['yesterday', 'invalid-request', 'an RFC 3339 time'],
    ['2026-02-30T00:00:00Z', 'invalid-request', 'an RFC 3339 time'],
    ['2026-01-01', 'invalid-request', 'an RFC 3339 time'],
    ['2026-01-01T00:00:00+01:00', 'invalid-request', 'a + is written %2B'],
    ['-1', 'invalid-request', 'or a position'],
    ['1.5', 'invalid-request', 'or a position'],
    ['', 'invalid-request', 'or a position'],
  ])('as of %s: 400, %s', async (asOf, type, detail) => {
    const { ask } = await apiOver(loans, life);
    expect(await ask(`${path}?as_of=${asOf}`)).toMatchObject({
      status: 400,
      body: { type: `urn:daybook:problem:${type}`, detail: expect.stringContaining(detail) as string },
    });
  });

  test('a misspelt as_of is not taken for none', async () => {
    const { ask } = await apiOver(loans, life);
    expect(await ask(`${path}?asof=3`)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('allowed: as_of') as string },
    });
  });
});

describe('where clocks disagree', () => {
  /** The review was issued by a service whose clock is an hour ahead. */
  const skewed = life.map((event) => {
    if (event.type !== 'LoanReviewIssued') return event;
    return { ...event, metadata: { ...event.metadata, recorded_at: '2026-01-01T01:04:00.000Z' } };
  });

  test('what came before an event that counts, counts too', async () => {
    const { ask } = await apiOver(loans, skewed);
    expect((await ask(`${path}?as_of=${at('4:30')}`)).body).toMatchObject({ status: 'submitted' });
    expect(await ask(`${path}?as_of=${at('5:00')}`)).toMatchObject({
      headers: { 'daybook-position': '6' },
      body: { status: 'approved', review_issued_at: '2026-01-01T01:04:00.000Z' },
    });
  });
});

describe('a store that does not tell positions', () => {
  const read = async (streamId: string, from: number, limit: number) =>
    life
      .filter((event) => event.streamId === streamId)
      .slice(from, from + limit)
      .map((event) => ({ ...event, position: 0 }));

  test('answers as of a time, without a position', async () => {
    const { ask } = await apiOver(loans, life, undefined, { store: { read } });
    const { status, headers, body } = await ask(`${path}?as_of=${at('4:00')}`);
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'pending_review' } });
    expect(headers['daybook-position']).toBeUndefined();
  });

  test('refuses a position, and says what to do', async () => {
    const { ask } = await apiOver(loans, life, undefined, { store: { read } });
    expect(await ask(`${path}?as_of=4`)).toMatchObject({
      status: 400,
      body: {
        type: 'urn:daybook:problem:as-of-position-unknown',
        detail: expect.stringContaining('as of a time') as string,
      },
    });
  });
});

test('a list is refused, and says what to ask instead', async () => {
  const { ask } = await apiOver(loans, life);
  expect(await ask(`/loans/loan-applications?as_of=${at('4:00')}`)).toMatchObject({
    status: 400,
    body: {
      detail: expect.stringContaining('/loans/loan-applications/<loan_application_uuid>?as_of=') as string,
    },
  });
});

describe('several rows for one entity', () => {
  const stream = `accounts-Account-${ID}`;
  const statement = recordedEvents(
    [stream, { type: 'AccountOpened', data: { account_uuid: ID } }],
    ...[20, 100, -40, 5].map(
      (amount) => [stream, { type: 'TransferRecorded', data: { account_uuid: ID, amount } }] as const,
    ),
  );
  const url = `/accounts/account-statements/${ID}`;

  test('come in pages, as the live ones do', async () => {
    const { ask } = await apiOver(accounts, statement);
    const amounts = (body: unknown) => (body as { items: { amount: number }[] }).items.map(({ amount }) => amount);
    const first = await ask(`${url}?as_of=${at('3:00')}&limit=2`);
    expect(amounts(first.body)).toEqual([20, 100]);
    const { next } = first.body as { next: string };
    const second = await ask(`${url}?as_of=${at('3:00')}&limit=2&cursor=${next}`);
    expect(amounts(second.body)).toEqual([-40]);
    expect(second.body).toMatchObject({ next: null });
    expect((await ask(`${url}?as_of=5`)).body).toEqual((await ask(url)).body);
  });

  test('none yet: an empty page; no account yet: 404', async () => {
    const { ask } = await apiOver(accounts, statement);
    expect(await ask(`${url}?as_of=1`)).toMatchObject({ status: 200, body: { items: [], next: null } });
    expect(await ask(`${url}?as_of=0`)).toMatchObject({ status: 404 });
  });
});

describe('ETag', () => {
  test('is of the revisions that count: the same now and as of then, another after each event', async () => {
    const { ask } = await apiOver(loans, life);
    const tag = async (url: string) => (await ask(url)).headers.etag;
    expect(await tag(path)).toBe('"v1.LoanRequest-2.LoanReview-1"');
    expect(await tag(`${path}?as_of=6`)).toBe(await tag(path));
    const tags = await Promise.all([2, 3, 4, 5, 6].map((position) => tag(`${path}?as_of=${position}`)));
    expect(new Set(tags).size).toBe(5);
  });

  test.each([path, `${path}?as_of=5`])('%s: 304 for who has it, 200 for who has another', async (url) => {
    const { ask } = await apiOver(loans, life);
    const { headers } = await ask(url);
    const tag = headers.etag as string;
    for (const known of [tag, `W/${tag}`, `"a", ${tag}`, '*']) {
      const { status, body, headers: of } = await ask(url, { 'if-none-match': known });
      expect({ status, body, tag: of.etag }).toEqual({ status: 304, body: '', tag });
    }
    expect(await ask(url, { 'if-none-match': '"v1.LoanRequest-0"' })).toMatchObject({ status: 200 });
  });

  test('a row that ages has none', async () => {
    const { ask } = await apiOver(loans, life.slice(0, 5));
    for (const url of [`/loans/review-queue/${ID}`, `/loans/review-queue/${ID}?as_of=5`]) {
      const { status, headers } = await ask(url, { 'if-none-match': '*' });
      expect({ status, tag: headers.etag }).toEqual({ status: 200, tag: undefined });
    }
  });
});
