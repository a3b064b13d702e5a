import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startStandInProcess } from '@daybook/eventstoredb-stand-in';
import { freePort, type LocalServer, obtainPostgres, obtainRabbitmq } from '@daybook/local-servers';

/** A real server of a test's own: `remove` it at the end. */
export type TestServer = LocalServer;

async function inFolderOfItsOwn(
  name: string,
  obtain: (options: { folder: string }) => Promise<LocalServer | undefined>,
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), `daybook-test-${name}-`));
  const server = await obtain({ folder: join(folder, name) });
  if (server === undefined) throw new Error(`no ${name} can be started here: install it, or start Docker`);
  return {
    ...server,
    async remove() {
      await server.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A Postgres with the schemas of event store and read models. Run from the repository's root, after the build. */
export async function startTestPostgres(): Promise<TestServer> {
  const server = await startEmptyPostgres();
  await migrate(server.url);
  return server;
}

/** A Postgres with an empty database. */
export function startEmptyPostgres(): Promise<TestServer> {
  return inFolderOfItsOwn('postgres', obtainPostgres);
}

/** A RabbitMQ with nothing in it. */
export function startTestRabbitmq(): Promise<TestServer> {
  return inFolderOfItsOwn('rabbitmq', obtainRabbitmq);
}

/** The stand-in of EventStoreDB as a process of its own, with durable data. Run from the repository's root, after the build. */
export async function startTestEventStoreDb(): Promise<Pick<TestServer, 'url' | 'kill' | 'start' | 'remove'>> {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-test-eventstoredb-'));
  const standIn = await startStandInProcess(folder, await freePort());
  return {
    ...standIn,
    async remove() {
      await standIn.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs the migrate service on a database. @param settings others than where the stores are, or other places for them */
export async function migrate(url: string, settings: Readonly<Record<string, string>> = {}): Promise<void> {
  const env = { ...process.env, EVENT_STORE_URL: url, READ_STORE_URL: url, LOG_LEVEL: 'warn', ...settings };
  await promisify(execFile)(process.execPath, ['services/migrate/dist/main.js'], { env });
}
