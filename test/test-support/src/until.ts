import { setTimeout as sleep } from 'node:timers/promises';

/** What is there. */
type Truthy<Value> = Exclude<Value, false | undefined | null | 0 | ''>;

/**
 * Waits for something that comes by itself.
 * @param look throws, or returns a falsy value, until it has come
 * @throws the last error, or one that says what did not come, after `timeoutMs`
 */
export async function eventually<Result>(
  what: string,
  look: () => Promise<Result> | Result,
  timeoutMs = 30_000,
): Promise<Truthy<Result>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      const found = await look();
      if (found) return found as Truthy<Result>;
      if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(25);
  }
}
