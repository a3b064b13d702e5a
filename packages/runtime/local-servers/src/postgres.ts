import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { LOGIN, type LocalServer, type LocalServerOptions, postgresUrl } from './local-server.ts';
import { claimFolder, releaseFolder } from './ownership.ts';
import { createCluster, dataFolder, endStalePostgres, installationFor } from './postgres-data.ts';
import { type ServerProcess, spawnServer } from './server-process.ts';
import { binariesFor, folderFor, unprivilegedUser } from './server-user.ts';
import { until } from './until.ts';

/** After a crash the server replays its log before it answers. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  // Ids are random, so every append touches pages all over the indexes. Postgres' own 128 MB hold those of some 100,000
  // events; and a page is written whole to the log when it is touched first after a checkpoint: fewer of those, less to write.
  'shared_buffers=1GB',
  'max_wal_size=4GB',
];

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [LOGIN.database]);
    if (found.rowCount === 0) await client.query(`create database ${LOGIN.database}`);
  } finally {
    await client.end();
  }
}

/** Waits until the Postgres on this port answers, then sees to it that its database exists. */
export async function postgresReady(port: number, giveUp: () => void): Promise<void> {
  await until(() => createDatabase(postgresUrl(port, 'postgres')), START_TIMEOUT_MS, giveUp);
}

function rememberedPort(file: string): number | undefined {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}

/**
 * Starts a private Postgres on a folder, creating the cluster and the database `daybook` if need be, and waits until
 * it answers. Commits are durable. Throws `FolderInUse` while another process uses the folder, and an error with the
 * end of the server's log if it does not start.
 */
export async function startPostgres(options: LocalServerOptions): Promise<LocalServer> {
  const user = unprivilegedUser();
  const folder = folderFor(user, options.folder);
  claimFolder(folder);
  await endStalePostgres(folder);
  const installation = installationFor(folder);
  const bin = binariesFor(user, installation.bin);
  await createCluster(folder, bin, user);
  const portFile = join(folder, 'port');
  const port = options.port ?? (await freePort(rememberedPort(portFile)));
  writeFileSync(portFile, String(port));
  let server: ServerProcess | undefined;

  async function start(): Promise<void> {
    if (server) return;
    claimFolder(folder);
    const settings = [`port=${port}`, ...SETTINGS].flatMap((setting) => ['-c', setting]);
    const started = spawnServer({
      name: 'PostgreSQL',
      command: join(bin, 'postgres'),
      args: ['-D', dataFolder(folder), ...settings],
      env: { PATH: process.env.PATH },
      cwd: folder,
      ...user,
      logFile: join(folder, 'postgres.log'),
      // Ends at once and takes its children along, without an orderly last checkpoint.
      lastResort: 'SIGQUIT',
    });
    server = started;
    await postgresReady(port, started.assertRunning).catch(async (err) => {
      await kill();
      throw err;
    });
    void started.crashed.then((reason) => {
      if (server === started) server = undefined;
      options.onCrash?.(reason);
    });
  }

  async function kill(): Promise<void> {
    await server?.kill();
    server = undefined;
  }

  async function stop(): Promise<void> {
    // SIGINT is Postgres's fast shutdown: it does not wait for clients to leave.
    await server?.end('SIGINT', STOP_TIMEOUT_MS);
    server = undefined;
    releaseFolder(folder);
  }

  await start();
  return {
    url: postgresUrl(port),
    description: `PostgreSQL ${installation.version}, private instance`,
    inDocker: false,
    start,
    stop,
    kill,
    async remove() {
      await stop();
      await removePostgres(options.folder);
    },
  };
}

/** Removes a private Postgres's data, ending a server left behind. Throws `FolderInUse` while it is in use. */
export async function removePostgres(wanted: string): Promise<void> {
  if (!existsSync(wanted)) return;
  const folder = folderFor(unprivilegedUser(), wanted);
  claimFolder(folder);
  await endStalePostgres(folder);
  await rm(folder, { recursive: true, force: true });
  await rm(wanted, { recursive: true, force: true });
}
