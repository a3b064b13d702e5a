import { cpus, totalmem } from 'node:os';
import amqp from 'amqplib';
import type { Daybook } from './daybook.ts';

/** What the figures hold for, as lines. */
export async function machineOf({ database, rabbitmqUrl }: Daybook): Promise<string[]> {
  const { rows } = await database.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes') order by name desc`,
  );
  const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  const [cpu] = cpus();
  return [
    `${cpus().length} × ${cpu?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB; everything on it: servers, services, publishers`,
    `Node ${process.versions.node}, PostgreSQL ${settings.server_version} (fsync ${settings.fsync}, synchronous_commit ${settings.synchronous_commit}, full_page_writes ${settings.full_page_writes})`,
    `RabbitMQ ${await rabbitmqVersion(rabbitmqUrl)} (quorum queues, persistent messages, confirms)`,
  ];
}

async function rabbitmqVersion(url: string): Promise<string> {
  const connection = await amqp.connect(url);
  const { version } = connection.connection.serverProperties as { version: string };
  await connection.close();
  return version;
}
