import { applyProjection, type RecordedEvent } from '@daybook/core';
import { InMemoryEventStore, InMemoryReadStore } from '@daybook/in-memory';
import { recordedEvents } from '@daybook/testing';
import { loanApplications } from './loan-applications.ts';
import { contract, data, id, life, lifeThat, request, review } from './test-loan-life.ts';

async function rowAfter(events: readonly RecordedEvent[]) {
  const rows = new InMemoryReadStore();
  for (const event of events)
    await applyProjection(loanApplications, [event], { rows, store: new InMemoryEventStore() });
  return (await rows.get(loanApplications, id))?.row;
}

test('the status follows the life of a loan, and each time is kept', async () => {
  const statuses = [];
  for (let n = 1; n <= life.length; n++) statuses.push((await rowAfter(life.slice(0, n)))?.status);
  expect(statuses).toEqual([
    'pending_submission',
    'submitted',
    'pending_review',
    'approved',
    'pending_signature',
    'signed',
  ]);
  expect(await rowAfter(life)).toEqual({
    ...data,
    amount: 1000,
    duration: 6,
    status: 'signed',
    requested_at: '2026-01-01T00:00:00.000Z',
    submitted_at: '2026-01-01T00:01:00.000Z',
    review_issued_at: '2026-01-01T00:02:00.000Z',
    approved_at: '2026-01-01T00:03:00.000Z',
    denied_at: null,
    contract_issued_at: '2026-01-01T00:04:00.000Z',
    signed_at: '2026-01-01T00:05:00.000Z',
    rejected_at: null,
  });
});

test.each([
  ['LoanDenied', review, 'denied', 3],
  ['ContractRejected', contract, 'rejected', 5],
])('%s ends it', async (type, stream, status, after) => {
  expect((await rowAfter(lifeThat(after, stream, type)))?.status).toBe(status);
});

test('streams may be seen in any order', async () => {
  const streams = [request, review, contract].map((stream) => life.filter(({ streamId }) => streamId === stream));
  const [a, b, c] = streams as [RecordedEvent[], RecordedEvent[], RecordedEvent[]];
  const expected = await rowAfter(life);
  for (const order of [
    [a, b, c],
    [a, c, b],
    [b, a, c],
    [b, c, a],
    [c, a, b],
    [c, b, a],
  ]) {
    expect(await rowAfter(order.flat())).toEqual(expected);
  }
});

test('there is no row before the loan was requested, nor for a request that was only refused', async () => {
  expect(await rowAfter(life.slice(2))).toBeUndefined();
  const refusal = {
    type: 'CommandRejected',
    data: { command: 'RequestLoan', data, code: 'amount_is_too_low', message: '' },
  };
  expect(await rowAfter(recordedEvents([request, refusal]))).toBeUndefined();
});
