/** Waits for the work, but not longer than `ms`; how the work ends does not matter. */
export async function bounded(work: Promise<unknown>, ms: number): Promise<void> {
  await inTime(work, ms, 'it').catch(() => {});
}

/** Waits for the work, but not longer than `ms`. @throws what the work throws; Error that names it when it takes longer */
export async function inTime<Result>(work: Promise<Result>, ms: number, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
