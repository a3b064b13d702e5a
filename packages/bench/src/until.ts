import { setTimeout as sleep } from 'node:timers/promises';

/** Looks every few milliseconds until it holds. @throws Error after `timeoutMs` */
export async function until(what: string, holds: () => Promise<boolean>, timeoutMs = 300_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`);
    await sleep(5);
  }
}
