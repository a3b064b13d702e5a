import { cursorOf } from '@daybook/core';
import { loans } from '@daybook/loans';
import { meetups } from '@daybook/meetups';
import { recordedEvents } from '@daybook/testing';
import { apiOver } from './test-api.ts';

const ID = '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1';
const data = { loan_application_uuid: ID };
const loan = (aggregate: string, type: string, more: object = {}) =>
  [`loans-${aggregate}-${ID}`, { type, data: { ...data, ...more } }] as const;
const life = recordedEvents(
  loan('LoanRequest', 'LoanRequested', { amount: 1000, duration: 6 }),
  loan('LoanReview', 'CommandRejected', {
    command: 'ApproveLoan',
    data,
    code: 'loan_review_not_issued',
    message: 'no review',
  }),
  loan('LoanRequest', 'LoanRequestSubmitted'),
  loan('LoanReview', 'LoanReviewIssued'),
  loan('LoanContract', 'LoanContractIssued'),
);
const path = `/loans/loan-applications/${ID}/history`;

interface Page {
  readonly items: readonly { readonly position: number | null; readonly stream: string; readonly type: string }[];
  readonly next: string | null;
}

test('every event and every refused command of all streams, in the order of the feed', async () => {
  const { ask } = await apiOver(loans, life);
  const { status, body } = await ask(path);
  expect(status).toBe(200);
  expect((body as Page).items.map(({ position, type }) => [position, type])).toEqual(
    life.map(({ position, type }) => [position, type]),
  );
  expect((body as Page).items.slice(0, 2)).toEqual([
    {
      position: 1,
      stream: `loans-LoanRequest-${ID}`,
      revision: 0,
      event_id: life[0]?.id,
      type: 'LoanRequested',
      data: { ...data, amount: 1000, duration: 6 },
      withheld: [],
      recorded_at: '2026-01-01T00:00:00.000Z',
      actor: null,
      command_id: 'command-0',
      causation_id: 'command-0',
      correlation_id: 'command-0',
    },
    {
      position: 2,
      stream: `loans-LoanReview-${ID}`,
      revision: 0,
      event_id: life[1]?.id,
      type: 'CommandRejected',
      data,
      refused: { command: 'ApproveLoan', code: 'loan_review_not_issued', message: 'no review' },
      withheld: [],
      recorded_at: '2026-01-01T00:01:00.000Z',
      actor: null,
      command_id: 'command-1',
      causation_id: 'command-1',
      correlation_id: 'command-1',
    },
  ]);
});

test('what middlewares noted is told, of a refusal too', async () => {
  const noted = life.map((event) => ({ ...event, metadata: { ...event.metadata, annotations: { tenant: 'a' } } }));
  const { ask } = await apiOver(loans, noted.slice(0, 2));
  expect((await ask(path)).body).toMatchObject({
    items: [{ annotations: { tenant: 'a' } }, { type: 'CommandRejected', annotations: { tenant: 'a' } }],
  });
});

test('pages follow each other, whatever is appended meanwhile', async () => {
  const { ask, store } = await apiOver(loans, life);
  const seen: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await ask(`${path}?limit=2${cursor && `&cursor=${cursor}`}`)).body as Page;
    seen.push(...page.items.map(({ type }) => type));
    if (cursor === '') {
      const [request] = await store.readBackwards(`loans-LoanRequest-${ID}`, 'end', 1);
      await store.append(`loans-LoanRequest-${ID}`, 1, [{ ...request, id: 'late', type: 'Late' } as never]);
    }
    cursor = page.next;
  }
  expect(seen).toEqual([...life.map(({ type }) => type), 'Late']);
});

test('without positions, time decides between streams and each keeps its order', async () => {
  // The second request event says it was before the first.
  const [first, refused, second, ...rest] = life;
  const early = { ...second, metadata: { ...second?.metadata, recorded_at: '2025-01-01T00:00:00.000Z' } };
  const events = [first, refused, early, ...rest].map((event) => ({ ...event, position: 0 })) as typeof life;
  const read = async (streamId: string, from: number, limit: number) =>
    events.filter((event) => event.streamId === streamId).slice(from, from + limit);
  const { ask } = await apiOver(loans, life, undefined, { store: { read } });
  const { items } = (await ask(path)).body as Page;
  expect(items.map(({ position, type }) => [position, type])).toEqual(
    ['LoanRequested', 'LoanRequestSubmitted', 'CommandRejected', 'LoanReviewIssued', 'LoanContractIssued'].map(
      (type) => [null, type],
    ),
  );
});

test('only what the projection folds: the queue knows of no contract', async () => {
  const { ask } = await apiOver(loans, life);
  const { items } = (await ask(`/loans/review-queue/${ID}/history`)).body as Page;
  expect(items.map(({ type }) => type)).toEqual(life.slice(0, 4).map(({ type }) => type));
});

test('personal data, and what no schema knows, stay out; their names are told', async () => {
  const stream = `meetups-Meetup-${ID}`;
  const attendee = { uuid: ID, account_uuid: ID, name: 'Ada', email: 'ada@example.org' };
  const events = recordedEvents(
    [stream, { type: 'MeetupCreated', data: { uuid: ID, title: 'CQRS', date: 'then', host: 'Cleo', badge: 'Ben' } }],
    [stream, { type: 'AttendeeAdded', data: attendee }],
    [
      stream,
      { type: 'CommandRejected', data: { command: 'AddAttendee', data: attendee, code: 'again', message: 'no' } },
    ],
    [stream, { type: 'FromTheFuture', data: { uuid: ID, name: 'Dan' } }],
  );
  const { ask } = await apiOver(meetups, events.slice(0, 3));
  const read = async () => events;
  const future = await apiOver(meetups, [], undefined, { store: { read } });
  const { body } = await future.ask(`/meetups/meetups/${ID}/history`);
  expect(body).toMatchObject({
    items: [
      { data: { uuid: ID, title: 'CQRS' }, withheld: ['host', 'badge'] },
      { data: { uuid: ID, account_uuid: ID }, withheld: ['name', 'email'] },
      { data: { uuid: ID, account_uuid: ID }, withheld: ['name', 'email'] },
      { data: {}, withheld: ['uuid', 'name'] },
    ],
  });
  expect(JSON.stringify(body)).not.toMatch(/Ada|ada@|Ben|Cleo|Dan/);
  expect((await ask(`/meetups/meetups-by-account/${ID}/history`)).status).toBe(200);
});

test('no event: 404; no id, no cursor, no parameter: 400', async () => {
  const { ask } = await apiOver(loans, life);
  const type = async (url: string) => ((await ask(url)).body as { type: string }).type;
  expect(await type('/loans/loan-applications/2ab0d3f0-7b1c-4a53-9d55-111111111111/history')).toMatch(/not-found$/);
  expect(await type('/loans/loan-applications/17/history')).toMatch(/invalid-request$/);
  expect(await type(`${path}?cursor=x`)).toMatch(/invalid-cursor$/);
  expect(await type(`${path}?since=1`)).toMatch(/invalid-request$/);
});

test('a cursor of a history that the log has lost: 410', async () => {
  const { ask } = await apiOver(loans, life);
  const lost = cursorOf({ LoanRequest: 2 });
  const { status, body } = await ask(`${path}?cursor=${encodeURIComponent(lost)}`);
  expect([status, (body as { type: string }).type]).toEqual([410, 'urn:daybook:problem:history-lost']);
});
