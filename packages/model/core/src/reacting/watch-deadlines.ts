import { Stopping, whileUnavailable } from '../concurrency/backoff.ts';
import type { Subscription } from '../ports/event-store.ts';
import { type DeadlineDependencies, dispatchDue, renewDueTimes } from './dispatch-due.ts';

/**
 * Looks for due commands again and again, from now until it is stopped; waits while something it needs is not available.
 * @param pollMs milliseconds between two looks
 */
export function watchDeadlines(parts: DeadlineDependencies, pollMs: number): Subscription {
  const { clock, log, name } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = run();

  async function run(): Promise<void> {
    await step(renewDueTimes);
    while (!signal.aborted) {
      await step(dispatchDue);
      await clock.sleep(pollMs, signal);
    }
  }

  async function step(work: (parts: DeadlineDependencies) => Promise<void>): Promise<void> {
    const onWait = (err: unknown, attempt: number) =>
      log.warn({ err, attempt, deadline: name }, 'a dependency is unavailable, deadlines are delayed');
    try {
      await whileUnavailable(clock, signal, () => work(parts), onWait);
    } catch (err) {
      if (!(err instanceof Stopping)) log.error({ err, deadline: name }, 'checking deadlines failed');
    }
  }

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
