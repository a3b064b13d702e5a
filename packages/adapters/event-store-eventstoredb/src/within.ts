import { within as withinTime } from '@daybook/core';

/** The time was over before there was an answer. What was asked may still happen. */
export class NoAnswer extends Error {
  constructor(what: string, ms: number) {
    super(`${what}: no answer within ${Math.round(ms)} ms`);
    this.name = 'NoAnswer';
  }
}

/**
 * The client's promises may never settle: each is given its own deadline.
 * @param ms milliseconds
 * @throws NoAnswer
 */
export function within<Result>(ms: number, what: string, work: Promise<Result>): Promise<Result> {
  return withinTime(ms, work, () => new NoAnswer(what, ms));
}
