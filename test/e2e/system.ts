import { type EventStore, type RecordedEvent, silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { type PrivateSystem, type PrivateSystemOptions, startPrivateSystem } from '@daybook/test-support';

/** What to run the system on. */
export interface TestSystemOptions
  extends Pick<PrivateSystemOptions, 'startEventStore' | 'startPostgres' | 'startRabbitmq' | 'settings'> {
  /** How many projectors; one when left out. */
  readonly projectors?: number;
}

/** The whole system, and what is in its event store. */
export interface TestSystem extends PrivateSystem {
  readonly store: EventStore;
  /** Every event there is, in the order of the feed. */
  feed(): Promise<RecordedEvent[]>;
}

/** Starts everything and waits until it is ready. Needs the build. */
export async function startTestSystem({ projectors = 1, ...options }: TestSystemOptions = {}): Promise<TestSystem> {
  // A fault injected by a test is no reason to give up.
  const system = await startPrivateSystem({ ...options, policy: { maxRestarts: 1000, maxDelayMs: 1000 } });
  for (let n = 2; n <= projectors; n++) await system.startAnother('projector');
  const store = await openEventStore({ url: system.eventStoreUrl, log: silent });
  return {
    ...system,
    store,
    async feed() {
      const events: RecordedEvent[] = [];
      for (let more = true; more; ) {
        const page = await store.readFeed('loans', events.at(-1)?.position ?? 0, 1000);
        events.push(...page);
        more = page.length > 0;
      }
      return events;
    },
    async stop() {
      await store.close();
      await system.stop();
    },
  };
}

/** A row of `loan_applications` as the query API has it, or undefined. */
export async function loanApplication(
  { queryUrl }: TestSystem,
  id: string,
): Promise<Record<string, unknown> | undefined> {
  const answer = await fetch(`${queryUrl}/loans/loan-applications/${id}`);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new Error(`the query API answered ${answer.status}`);
  return (await answer.json()) as Record<string, unknown>;
}
