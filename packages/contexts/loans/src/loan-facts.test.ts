import { foldRows } from '@daybook/core';
import { loanApplications } from './loan-applications.ts';
import { loanFacts } from './loan-facts.ts';
import { contract, id, life, lifeThat, review } from './test-loan-life.ts';

const factsAfter = (events: typeof life) => foldRows(loanFacts, events).get(id)?.[0];

test('all that the applicant sees is a fact', () => {
  const [application] = foldRows(loanApplications, life).get(id) ?? [];
  expect(factsAfter(life)).toMatchObject(application as object);
});

test('the time between steps is known once both are', () => {
  const known = life.map((_event, n) => {
    const facts = factsAfter(life.slice(0, n + 1)) ?? {};
    return Object.entries(facts).flatMap(([column, value]) => (column.endsWith('_seconds') ? [value] : []));
  });
  expect(known).toEqual([
    [null, null, null, null, null],
    [60, null, null, null, null],
    [60, 60, null, null, null],
    [60, 60, 60, null, null],
    [60, 60, 60, 60, null],
    [60, 60, 60, 60, 60],
  ]);
});

test('milliseconds count', () => {
  const [first, second] = life as [(typeof life)[0], (typeof life)[0]];
  const soon = { ...second, metadata: { ...second.metadata, recorded_at: '2026-01-01T00:00:00.042Z' } };
  expect(factsAfter([first, soon])).toMatchObject({ requested_to_submitted_seconds: 0.042 });
});

test('the outcome is null while the loan is open', () => {
  expect(life.map((_event, n) => factsAfter(life.slice(0, n + 1))?.outcome)).toEqual([
    null,
    null,
    null,
    null,
    null,
    'signed',
  ]);
});

test.each([
  ['LoanDenied', review, 3, { outcome: 'denied', review_issued_to_decided_seconds: 60 }],
  ['ContractRejected', contract, 5, { outcome: 'rejected', contract_issued_to_answered_seconds: 60 }],
])('%s is an outcome too', (type, stream, after, facts) => {
  expect(factsAfter(lifeThat(after, stream, type))).toMatchObject(facts);
});

test('there are no facts before the loan was requested', () => {
  expect(factsAfter(life.slice(2))).toBeUndefined();
});
