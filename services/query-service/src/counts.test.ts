import { loans } from '@daybook/loans';
import { recordedEvents } from '@daybook/testing';
import { apiOver } from './test-api.ts';

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const loan = (n: number, aggregate: string, type: string) =>
  [`loans-${aggregate}-${id(n)}`, { type, data: { loan_application_uuid: id(n), amount: 1000, duration: 6 } }] as const;

/** Two loans on a day, one two days later. */
const events = recordedEvents(
  loan(1, 'LoanRequest', 'LoanRequested'),
  loan(2, 'LoanRequest', 'LoanRequested'),
  loan(1, 'LoanRequest', 'LoanRequestSubmitted'),
  loan(3, 'LoanRequest', 'LoanRequested'),
).map((event) => {
  if (!event.streamId.endsWith(id(3))) return event;
  return { ...event, metadata: { ...event.metadata, recorded_at: '2026-01-03T23:59:59.999Z' } };
});

const none = {
  pending_review: 0,
  approved: 0,
  denied: 0,
  pending_signature: 0,
  signed: 0,
  rejected: 0,
};
const first = { day: '2026-01-01', pending_submission: 2, submitted: 1, ...none };
const third = { day: '2026-01-03', pending_submission: 1, submitted: 0, ...none };

test.each([
  ['', [first, third]],
  ['?from=2026-01-01&to=2026-01-03', [first, third]],
  ['?from=2026-01-02', [third]],
  ['?to=2026-01-02', [first]],
  ['?from=2026-01-02&to=2026-01-02', []],
])('the funnel%s: by the day of the request, how many reached each status', async (query, items) => {
  const { ask } = await apiOver(loans, events);
  expect(await ask(`/loans/loan-facts/funnel${query}`)).toMatchObject({ status: 200, body: { items } });
});

test.each([
  '?from=yesterday',
  '?to=2026-02-30',
  '?day=2026-01-01',
  '?from=0000-01-01&to=9999-12-31',
  '?from=2026-01-02&to=2026-01-01',
])('%s: 400', async (query) => {
  const { ask } = await apiOver(loans, events);
  expect((await ask(`/loans/loan-facts/funnel${query}`)).status).toBe(400);
});

test('the funnel from the first day to the last that there are', async () => {
  const { ask } = await apiOver(loans, events);
  const { status, body } = await ask('/loans/loan-facts/funnel?from=0001-01-01&to=9999-12-31');
  expect({ status, body }).toEqual({ status: 200, body: { items: [first, third] } });
});
