import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateSystem, Random } from '@daybook/test-support';
import pg from 'pg';

/** How often each kind of harm was done. */
export type Harm = Record<'killed' | 'frozen' | 'crashed' | 'cut', number>;

/** Does harm, one thing after another, until told to stop; leaves everything running. */
export async function doHarm(
  system: PrivateSystem,
  random: Random,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Harm> {
  const harm: Harm = { killed: 0, frozen: 0, crashed: 0, cut: 0 };
  const rest = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});

  const kinds: readonly (() => Promise<void>)[] = [
    async () => {
      const service = random.pick(system.services);
      if (service.pid === undefined) return;
      say(`SIGKILL ${service.name}`);
      service.kill('SIGKILL');
      harm.killed++;
    },
    async () => {
      const service = random.pick(system.services);
      const { pid } = service;
      if (pid === undefined) return;
      const ms = random.between(200, 8000);
      say(`SIGSTOP ${service.name} for ${ms} ms`);
      process.kill(pid, 'SIGSTOP');
      harm.frozen++;
      await rest(ms);
      process.kill(pid, 'SIGCONT');
    },
    async () => {
      const [name, server] = random.pick(Object.entries(system.servers));
      const ms = random.between(0, 2000);
      say(`crash of ${name}, away for ${ms} ms`);
      await server.kill();
      harm.crashed++;
      await rest(ms);
      await server.start();
    },
    async () => {
      const cut = await cutConnections(system.postgresUrl);
      say(`${cut} database connections cut`);
      harm.cut += cut;
    },
  ];
  const weights = [0, 0, 0, 1, 1, 2, 3, 3];
  while (!signal.aborted) {
    await rest(random.between(300, 2500));
    if (!signal.aborted) await kinds[random.pick(weights)]?.();
  }
  return harm;
}

async function cutConnections(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`,
    );
    return rowCount ?? 0;
  } catch {
    return 0;
  } finally {
    await client.end().catch(() => {});
  }
}
