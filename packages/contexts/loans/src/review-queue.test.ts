import { answerOf, answerSchema, foldRows } from '@daybook/core';
import { reviewQueue } from './review-queue.ts';
import { data, id, life, lifeThat, review } from './test-loan-life.ts';

const shownAfter = (events: typeof life) => foldRows(reviewQueue, events).get(id);
const waiting = { ...data, amount: 1000, duration: 6, waiting_since: '2026-01-01T00:02:00.000Z' };

test('a loan waits from when its review is issued until it is decided', () => {
  const shown = life.map((_event, n) => shownAfter(life.slice(0, n + 1)));
  expect(shown).toEqual([[], [], [waiting], [], [], []]);
  expect(shownAfter(lifeThat(3, review, 'LoanDenied'))).toEqual([]);
});

test('a review that is seen before its request is not shown until then', () => {
  expect(shownAfter(life.slice(2, 3))).toEqual([]);
  expect(shownAfter([...life.slice(2, 3), ...life.slice(0, 2)])).toEqual([waiting]);
});

test.each([
  ['2026-01-01T00:02:59.999Z', 59],
  ['2026-01-01T00:01:00.000Z', 0],
])('at %s it has waited %i seconds', (now, age_seconds) => {
  const answer = answerOf(reviewQueue, waiting, new Date(now));
  expect(answer).toEqual({ ...waiting, age_seconds });
  expect(answerSchema(reviewQueue).parse(answer)).toEqual(answer);
});
