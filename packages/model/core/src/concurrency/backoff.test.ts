import { Unavailable } from '../messages/fault.ts';
import type { Clock } from '../ports/clock.ts';
import { backoffMs, whileUnavailable } from './backoff.ts';

test('a pause doubles up to its limit, and chance takes off up to half of it', () => {
  expect([1, 2, 3, 9].map((attempt) => backoffMs(attempt, 50, 2000, () => 0))).toEqual([50, 100, 200, 2000]);
  expect(backoffMs(1, 50, 2000, () => 0.5)).toBe(37.5);
});

test('the chance in a wait is the clock’s own', async () => {
  const dice = jest.spyOn(Math, 'random');
  const slept: number[] = [];
  const clock: Clock = {
    now: () => new Date(0),
    sleep: async (ms) => {
      slept.push(ms);
    },
    random: () => 0.5,
  };
  let failures = 2;
  const work = async () => {
    if (failures-- > 0) throw new Unavailable('the store', 'no answer');
  };
  await whileUnavailable(clock, new AbortController().signal, work, () => {});
  expect(slept).toEqual([37.5, 75]);
  expect(dice).not.toHaveBeenCalled();
  dice.mockRestore();
});

test('a long outage is told of ever more rarely', async () => {
  const clock: Clock = { now: () => new Date(0), sleep: async () => {} };
  let failures = 20;
  const work = async () => {
    if (failures-- > 0) throw new Unavailable('the store', 'no answer');
  };
  const told: number[] = [];
  await whileUnavailable(clock, new AbortController().signal, work, (_error, attempt) => told.push(attempt));
  expect(told).toEqual([1, 2, 4, 8, 16]);
});
