import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { silent, streamIdOf } from '@daybook/core';
import { connectPostgresEventStore } from '@daybook/event-store-postgres';
import { newEvents, startTestPostgres, type TestServer } from '@daybook/test-support';
import pg from 'pg';

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

test('who could append to a log of the first version, by what was granted by hand, still can, and nobody else', async () => {
  const admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query('create database old');
  for (const role of ['writer', 'reader']) await admin.query(`create role ${role} login password '${role}'`);
  await admin.end();
  const url = new URL(server.url);
  url.pathname = '/old';
  const old = new pg.Client(url.href);
  await old.connect();
  await old.query(readFileSync('test/fixtures/upgrade-0.1.0/database.sql', 'utf8'));
  // The dump has none.
  await old.query('set search_path = public');
  await old.query('grant usage on schema event_store to writer, reader');
  await old.query('grant select on all tables in schema event_store to reader');
  await old.query('grant select, insert, update, delete on all tables in schema event_store to writer');
  await old.end();
  await run('old');

  const storeOf = (role: string) => {
    url.username = role;
    url.password = role;
    return connectPostgresEventStore({ url: url.href, log: silent });
  };
  const [writer, reader] = [storeOf('writer'), storeOf('reader')];
  const stream = streamIdOf('loans', 'LoanRequest', 'new');
  expect(await writer.append(stream, 'no-stream', newEvents(1))).toEqual({ revision: 0 });
  await reader.ping();
  const { head } = await reader.groupProgress('none', 'loans');
  expect(head).toBeGreaterThan(1);
  expect((await reader.readFeed('loans', head - 1, 10)).map(({ streamId }) => streamId)).toEqual([stream]);
  await expect(reader.append(stream, 0, newEvents(1))).rejects.toMatchObject({
    next: 'wait',
    message: expect.stringMatching(/permission denied for function append; grant the role what it needs/),
  });
  await Promise.all([writer.close(), reader.close()]);
}, 60_000);
