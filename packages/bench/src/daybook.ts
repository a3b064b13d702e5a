import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planServices, type SupervisedService, supervise } from '@daybook/launcher';
import { startTestPostgres, startTestRabbitmq } from '@daybook/testing';
import amqp from 'amqplib';
import pg from 'pg';
import { memoryOf } from './memory-of.ts';
import { connectPublisher } from './publisher.ts';
import type { Subject } from './subject.ts';

/** The whole system as people run it. */
export interface Daybook extends Subject {
  readonly postgresUrl: string;
  readonly rabbitmqUrl: string;
  readonly rabbitmqVersion: string;
  readonly gatewayUrl: string;
  readonly queryUrl: string;
  readonly services: readonly SupervisedService[];
  readonly database: pg.Pool;
}

/** What acts on events by itself. */
const FOLLOW_UPS = ['process-manager', 'event-handler'];

/** Starts everything on servers of its own. Run from the repository's root, after the build. */
export async function startDaybook(): Promise<Daybook> {
  const logFolder = mkdtempSync(join(tmpdir(), 'daybook-bench-'));
  const [postgres, rabbitmq] = await Promise.all([startTestPostgres(), startTestRabbitmq()]);
  const env = {
    EVENT_STORE_URL: postgres.url,
    READ_STORE_URL: postgres.url,
    RABBITMQ_URL: rabbitmq.url,
    LOG_LEVEL: 'warn',
  };
  const plan = await planServices({ root: process.cwd(), logFolder, env, embedded: false, usualPorts: false });
  const services = plan.services.map(supervise);
  await Promise.all(services.map((service) => service.ready()));
  const database = new pg.Pool({ connectionString: postgres.url, max: 4 });
  async function count(what: string): Promise<number> {
    const { rows } = await database.query<{ count: string }>(`select count(*) from read_models.${what}`);
    return Number(rows[0]?.count);
  }
  async function signalFollowUps(signal: NodeJS.Signals): Promise<void> {
    for (const service of services) if (FOLLOW_UPS.includes(service.name)) service.kill(signal);
  }
  return {
    name: 'daybook',
    postgresUrl: postgres.url,
    rabbitmqUrl: rabbitmq.url,
    rabbitmqVersion: await rabbitmqVersion(rabbitmq.url),
    gatewayUrl: plan.gatewayUrl,
    queryUrl: plan.queryUrl,
    services,
    database,
    connectPublisher: () => connectPublisher(rabbitmq.url, 'commands', (type) => `loans.${type}`),
    async visible(ids) {
      const { rows } = await database.query<{ id: string }>({
        name: 'visible',
        text: 'select loan_application_uuid as id from read_models.loan_applications where loan_application_uuid = any($1)',
        values: [ids],
      });
      return rows.map(({ id }) => id);
    },
    rows: () => count('loan_applications'),
    rowsSubmitted: () => count('loan_applications where submitted_at is not null'),
    pauseFollowUps: () => signalFollowUps('SIGSTOP'),
    resumeFollowUps: () => signalFollowUps('SIGCONT'),
    memory: () =>
      Object.fromEntries(services.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, memoryOf(pid)]]))),
    async stop() {
      await database.end();
      await Promise.all(services.map((service) => service.stop()));
      await Promise.all([postgres.remove(), rabbitmq.remove()]);
      rmSync(logFolder, { recursive: true, force: true });
    },
  };
}

async function rabbitmqVersion(url: string): Promise<string> {
  const connection = await amqp.connect(url);
  const { version } = connection.connection.serverProperties as { version: string };
  await connection.close();
  return version;
}
