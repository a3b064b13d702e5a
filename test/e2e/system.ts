import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, type RecordedEvent, silent } from '@daybook/core';
import { connectPostgresEventStore } from '@daybook/event-store-postgres';
import { planServices, type SupervisedService, supervise } from '@daybook/launcher';
import { startTestPostgres, startTestRabbitmq, type TestServer } from '@daybook/testing';

/** The whole system as processes of their own, on servers of its own. */
export interface TestSystem {
  readonly postgres: TestServer;
  readonly rabbitmq: TestServer;
  readonly gatewayUrl: string;
  readonly queryUrl: string;
  readonly services: readonly SupervisedService[];
  readonly store: EventStore;
  /** Every event there is, in the order of the feed. */
  feed(): Promise<RecordedEvent[]>;
  stop(): Promise<void>;
}

/** Starts everything and waits until it is ready. Needs the build. */
export async function startTestSystem(): Promise<TestSystem> {
  const logFolder = mkdtempSync(join(tmpdir(), 'daybook-test-logs-'));
  const [postgres, rabbitmq] = await Promise.all([startTestPostgres(), startTestRabbitmq()]);
  const env = {
    EVENT_STORE_URL: postgres.url,
    READ_STORE_URL: postgres.url,
    RABBITMQ_URL: rabbitmq.url,
    LOG_LEVEL: 'info',
  };
  const plan = await planServices({ root: process.cwd(), logFolder, env, embedded: false, usualPorts: false });
  // A fault injected by a test is no reason to give up.
  const services = plan.services.map((spec) => supervise({ ...spec, policy: { maxRestarts: 1000, maxDelayMs: 1000 } }));
  await Promise.all(services.map((service) => service.ready()));
  const store = connectPostgresEventStore({ url: postgres.url, log: silent });
  return {
    postgres,
    rabbitmq,
    services,
    store,
    gatewayUrl: plan.gatewayUrl,
    queryUrl: plan.queryUrl,
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
      await Promise.all(services.map((service) => service.stop()));
      await Promise.all([postgres.stop(), rabbitmq.stop()]);
      rmSync(logFolder, { recursive: true, force: true });
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
