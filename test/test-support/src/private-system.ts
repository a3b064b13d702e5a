import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anotherOne, planServices, type RestartPolicy, type SupervisedService, supervise } from '@daybook/launcher';
import { startTestPostgres, startTestRabbitmq, type TestServer } from './real-servers.ts';

/** A server that can be crashed and started again. */
export interface Crashable {
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** An event store other than the Postgres that read models live in. */
export interface OtherEventStore extends Partial<Crashable> {
  readonly url: string;
  remove(): Promise<void>;
}

/** What to run the system on. */
export interface PrivateSystemOptions {
  /** Events are in the same Postgres as read models when left out. */
  readonly startEventStore?: (() => Promise<OtherEventStore>) | undefined;
  /** Servers that hold something already; fresh ones when left out. The database must have the schemas. */
  readonly startPostgres?: (() => Promise<TestServer>) | undefined;
  readonly startRabbitmq?: (() => Promise<TestServer>) | undefined;
  /** Settings of the services, besides where the servers are. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Services that are not to run. */
  readonly without?: readonly string[] | undefined;
  /** How patient to be with services that end. */
  readonly policy?: Partial<RestartPolicy> | undefined;
}

/** The whole system as processes of their own, on servers of its own. */
export interface PrivateSystem {
  readonly rabbitmqUrl: string;
  /** Where read models are. */
  readonly postgresUrl: string;
  readonly eventStoreUrl: string;
  readonly gatewayUrl: string;
  readonly queryUrl: string;
  /** The mails that were caught, as JSON. */
  readonly mailsUrl: string;
  /** Where the servers are, for further processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Those that can be crashed, by name. */
  readonly servers: Readonly<Record<string, Crashable>>;
  /** One process each, and those that were started since. */
  readonly services: readonly SupervisedService[];
  /** Starts one more process of a service, `projector-2`, and waits until it is ready. */
  startAnother(name: string, policy?: Partial<RestartPolicy>): Promise<SupervisedService>;
  stop(): Promise<void>;
}

/** Starts everything and waits until it is ready. Run from the repository's root, after the build. */
export async function startPrivateSystem(options: PrivateSystemOptions = {}): Promise<PrivateSystem> {
  const { startEventStore, settings, without = [], policy } = options;
  const { startPostgres = startTestPostgres, startRabbitmq = startTestRabbitmq } = options;
  const logFolder = mkdtempSync(join(tmpdir(), 'daybook-test-logs-'));
  const [postgres, rabbitmq, other] = await Promise.all([startPostgres(), startRabbitmq(), startEventStore?.()]);
  const env = {
    EVENT_STORE_URL: other?.url ?? postgres.url,
    READ_STORE_URL: postgres.url,
    RABBITMQ_URL: rabbitmq.url,
    LOG_LEVEL: 'info',
    ...settings,
  };
  const plan = await planServices({ root: process.cwd(), logFolder, env, embedded: false, usualPorts: false });
  const wanted = plan.services.filter(({ name }) => !without.includes(name));
  const services = wanted.map((spec) => supervise({ ...spec, ...(policy && { policy }) }));
  await Promise.all(services.map((service) => service.ready()));
  const started = new Map<string, number>();

  return {
    rabbitmqUrl: rabbitmq.url,
    postgresUrl: postgres.url,
    eventStoreUrl: env.EVENT_STORE_URL,
    gatewayUrl: plan.gatewayUrl,
    queryUrl: plan.queryUrl,
    mailsUrl: plan.mailsUrl ?? '',
    env,
    servers: { postgres, rabbitmq, ...(isCrashable(other) ? { eventstore: other } : {}) },
    services,
    async startAnother(name, itsPolicy = policy) {
      const spec = plan.services.find((one) => one.name === name);
      if (spec === undefined) throw new Error(`there is no service ${name}`);
      const number = (started.get(name) ?? 1) + 1;
      started.set(name, number);
      const another = await anotherOne(spec, number);
      const service = supervise({ ...another, ...(itsPolicy && { policy: itsPolicy }) });
      services.push(service);
      await service.ready();
      return service;
    },
    async stop() {
      await Promise.all(services.map((service) => service.stop()));
      await Promise.all([postgres.remove(), rabbitmq.remove(), other?.remove()]);
      rmSync(logFolder, { recursive: true, force: true });
    },
  };
}

function isCrashable(server: Partial<Crashable> | undefined): server is Crashable {
  return server?.kill !== undefined && server.start !== undefined;
}
