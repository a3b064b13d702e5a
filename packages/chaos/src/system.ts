import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandInProcess } from '@daybook/eventstoredb-stand-in';
import { planServices, type SupervisedService, supervise } from '@daybook/launcher';
import { freePort } from '@daybook/local-servers';
import { startTestPostgres, startTestRabbitmq } from '@daybook/testing';

/** How long a contract may wait for its signature, milliseconds: soon enough to fall due while harm is done. */
const SIGNATURE_MS = 3000;

/** A server that can be crashed and started again. */
interface Crashable {
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** The whole system as processes, on private servers. */
export interface ChaosSystem {
  readonly rabbitmqUrl: string;
  readonly postgresUrl: string;
  readonly eventStoreUrl: string;
  readonly queryUrl: string;
  readonly services: readonly SupervisedService[];
  readonly servers: Readonly<Record<string, Crashable>>;
  remove(): Promise<void>;
}

/** Where events are kept; EventStoreDB is the stand-in that speaks its protocol. */
export type Store = 'postgres' | 'eventstoredb';

/** Starts everything from the repository's root, after the build, and waits until it is ready. */
export async function startSystem(store: Store): Promise<ChaosSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-chaos-'));
  const [postgres, rabbitmq] = await Promise.all([startTestPostgres(), startTestRabbitmq()]);
  const standIn =
    store === 'eventstoredb' ? await startStandInProcess(join(folder, 'events'), await freePort()) : undefined;
  const eventStoreUrl = standIn?.url ?? postgres.url;
  const env = {
    EVENT_STORE_URL: eventStoreUrl,
    READ_STORE_URL: postgres.url,
    RABBITMQ_URL: rabbitmq.url,
    LOG_LEVEL: 'warn',
    CONTRACT_SIGNATURE_DAYS: String(SIGNATURE_MS / 86_400_000),
  };
  const plan = await planServices({ root: process.cwd(), logFolder: folder, env, embedded: false, usualPorts: false });
  const policy = { maxRestarts: 100_000, firstDelayMs: 50, maxDelayMs: 1000 };
  const services = plan.services.map((spec) => supervise({ ...spec, policy }));
  await Promise.all(services.map((service) => service.ready()));
  return {
    rabbitmqUrl: rabbitmq.url,
    postgresUrl: postgres.url,
    eventStoreUrl,
    queryUrl: plan.queryUrl,
    services,
    servers: { postgres, rabbitmq, ...(standIn === undefined ? {} : { eventstore: standIn }) },
    async remove() {
      await Promise.all(services.map((service) => service.stop()));
      await Promise.all([postgres.remove(), rabbitmq.remove(), standIn?.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
