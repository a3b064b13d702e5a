/**
 * Awaits the work, but no longer than that. The work itself goes on, and what it says after that goes to nobody.
 * @param ms milliseconds; below 0 is 0
 * @param late makes what is thrown when the time is over
 * @throws what the work throws
 */
export async function within<Result>(
  ms: number,
  work: Promise<Result>,
  late: () => Error = () => new Error(`no answer within ${ms} ms`),
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), Math.max(0, ms));
  });
  // An error after its time must not end the process as an unhandled rejection.
  work.catch(() => {});
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
