import { cpus, totalmem } from 'node:os';
import type { Daybook } from './daybook.ts';

/** What the figures hold for, as lines. */
export async function machineOf({ database, rabbitmqVersion }: Daybook): Promise<string[]> {
  const { rows } = await database.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes') order by name desc`,
  );
  const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  const [cpu] = cpus();
  return [
    `${cpus().length} × ${cpu?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB; everything on it: servers, services, publishers`,
    `Node ${process.versions.node}, PostgreSQL ${settings.server_version} (fsync ${settings.fsync}, synchronous_commit ${settings.synchronous_commit}, full_page_writes ${settings.full_page_writes})`,
    `RabbitMQ ${rabbitmqVersion} (quorum queues, persistent messages, confirms)`,
  ];
}
