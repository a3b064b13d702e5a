import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, type RecordedEvent, silent } from '@daybook/core';
import { connectEventStore } from '@daybook/event-store';
import { planServices, type SupervisedService, supervise } from '@daybook/launcher';
import { freePort } from '@daybook/local-servers';
import { startTestPostgres, startTestRabbitmq } from '@daybook/testing';

/** A server that can be crashed and started again. */
interface Crashable {
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** An event store other than the Postgres that read models live in. */
export interface OtherEventStore extends Partial<Crashable> {
  readonly url: string;
  remove(): Promise<void>;
}

/** What to run the system on. */
export interface TestSystemOptions {
  /** Events are in the same Postgres as read models when left out. */
  readonly startEventStore?: () => Promise<OtherEventStore>;
  /** Settings of the services, besides where the servers are. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How many projectors; one when left out. */
  readonly projectors?: number;
}

/** The whole system as processes of their own, on servers of its own. */
export interface TestSystem {
  readonly rabbitmqUrl: string;
  /** Those that can be crashed, by name. */
  readonly servers: Readonly<Record<string, Crashable>>;
  readonly gatewayUrl: string;
  readonly queryUrl: string;
  /** The mails that were caught, as JSON. */
  readonly mailsUrl: string;
  /** Where the servers are, for further processes. */
  readonly env: Readonly<Record<string, string>>;
  readonly services: readonly SupervisedService[];
  readonly store: EventStore;
  /** Every event there is, in the order of the feed. */
  feed(): Promise<RecordedEvent[]>;
  stop(): Promise<void>;
}

/** Starts everything and waits until it is ready. Needs the build. */
export async function startTestSystem(options: TestSystemOptions = {}): Promise<TestSystem> {
  const { startEventStore, settings, projectors = 1 } = options;
  const logFolder = mkdtempSync(join(tmpdir(), 'daybook-test-logs-'));
  const [postgres, rabbitmq, other] = await Promise.all([
    startTestPostgres(),
    startTestRabbitmq(),
    startEventStore?.(),
  ]);
  const eventStoreUrl = other?.url ?? postgres.url;
  const env = {
    EVENT_STORE_URL: eventStoreUrl,
    READ_STORE_URL: postgres.url,
    RABBITMQ_URL: rabbitmq.url,
    LOG_LEVEL: 'info',
    ...settings,
  };
  const plan = await planServices({ root: process.cwd(), logFolder, env, embedded: false, usualPorts: false });
  const projector = plan.services.find(({ name }) => name === 'projector');
  for (let n = 2; projector !== undefined && n <= projectors; n++) {
    const name = `projector-${n}`;
    const logFile = join(logFolder, `${name}.log`);
    plan.services.push({
      ...projector,
      name,
      logFile,
      env: { ...projector.env, HEALTH_PORT: String(await freePort()) },
    });
  }
  // A fault injected by a test is no reason to give up.
  const services = plan.services.map((spec) => supervise({ ...spec, policy: { maxRestarts: 1000, maxDelayMs: 1000 } }));
  await Promise.all(services.map((service) => service.ready()));
  const store = connectEventStore({ url: eventStoreUrl, log: silent });
  return {
    rabbitmqUrl: rabbitmq.url,
    servers: { postgres, rabbitmq, ...(isCrashable(other) ? { eventstore: other } : {}) },
    services,
    store,
    gatewayUrl: plan.gatewayUrl,
    queryUrl: plan.queryUrl,
    mailsUrl: plan.mailsUrl ?? '',
    env,
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
      await Promise.all([postgres.remove(), rabbitmq.remove(), other?.remove()]);
      rmSync(logFolder, { recursive: true, force: true });
    },
  };
}

function isCrashable(server: Partial<Crashable> | undefined): server is Crashable {
  return server?.kill !== undefined && server.start !== undefined;
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
