import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTestPostgres, type TestServer } from '@daybook/testing';

const MAIN = join(__dirname, '../dist/main.js');
let server: TestServer;

beforeAll(async () => {
  server = await startTestPostgres();
}, 120_000);
afterAll(() => server.remove());

async function run(database: string): Promise<{ msg: string; migrations?: string[] }[]> {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  const env = { PATH: process.env.PATH, EVENT_STORE_URL: url.href, READ_STORE_URL: url.href };
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN], { env });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string; migrations?: string[] });
}

test('two at once both succeed; one of them does the work', async () => {
  // The database that every Postgres has: nothing was migrated there yet.
  const runs = await Promise.all([run('postgres'), run('postgres')]);
  expect(runs.map((lines) => lines.at(-1)?.msg)).toEqual(['job done', 'job done']);
  const migrations = runs.flat().flatMap((line) => line.migrations ?? []);
  expect(migrations.length).toBeGreaterThan(0);
  expect(new Set(migrations).size).toBe(migrations.length);
}, 60_000);

test('once up to date, nothing happens', async () => {
  const lines = await run('daybook');
  expect(lines[0]).toMatchObject({ msg: 'event store is up to date', migrations: [] });
}, 60_000);
