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
export async function within<Result>(ms: number, what: string, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(what, ms)), Math.max(0, ms));
  });
  // What comes after the deadline has nobody to go to; it must not end the process as an unhandled rejection.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
