import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isFree } from './free-port.ts';
import type { LocalServer } from './local-server.ts';
import { startPostgres } from './postgres.ts';
import { descendantsOf, gone } from './processes.ts';

/** Other test files run in this process too. */
const others = descendantsOf(process.pid);
const ours = () => descendantsOf(process.pid).filter((pid) => !others.includes(pid));

let folder: string;
let server: LocalServer;
const crashes: Error[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-test-'));
  server = await startPostgres({ folder: join(folder, 'postgres'), onCrash: (reason) => crashes.push(reason) });
}, 120_000);

afterAll(async () => {
  await server.remove();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function query(text: string): Promise<unknown[]> {
  const client = new pg.Client(server.url);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('what was committed survives kill and start, on the same port', async () => {
  expect(await query(`select current_setting('fsync') as fsync, current_database() as db`)).toEqual([
    { fsync: 'on', db: 'daybook' },
  ]);
  await query('create table kept (n int)');
  await query('insert into kept values (7)');
  await server.kill();
  await expect(query('select 1')).rejects.toThrow();
  await server.start();
  expect(await query('select n from kept')).toEqual([{ n: 7 }]);
}, 60_000);

test('a crash is told, with how it ended, and what was committed survives it; an end that was asked for is none', async () => {
  expect(crashes).toEqual([]);
  const [postmaster] = ours();
  process.kill(postmaster as number, 'SIGKILL');
  while (crashes.length === 0) await sleep(20);
  expect(crashes.map(({ message }) => message)).toEqual([expect.stringContaining('PostgreSQL ended (SIGKILL)')]);
  // The last of its processes go by themselves, and until then it does not start.
  for (let started = false; !started; ) {
    started = await server.start().then(
      () => true,
      () => false,
    );
  }
  expect(await query('select n from kept')).toEqual([{ n: 7 }]);
}, 60_000);

test('nothing is left after stop, and the data is there for another start', async () => {
  await server.stop();
  expect(await isFree(Number(new URL(server.url).port))).toBe(true);
  expect(await gone(ours(), 2_000)).toBe(true);
  const url = server.url;
  server = await startPostgres({ folder: join(folder, 'postgres') });
  expect(server.url).toBe(url);
  expect(await query('select n from kept')).toEqual([{ n: 7 }]);
}, 60_000);

test('its data can be removed', async () => {
  await server.remove();
  server = await startPostgres({ folder: join(folder, 'postgres') });
  await expect(query('select n from kept')).rejects.toThrow(/does not exist/);
}, 60_000);
