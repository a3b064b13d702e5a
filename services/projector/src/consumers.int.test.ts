import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EventStore, eventIdOf, silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { type SupervisedService, supervise } from '@daybook/launcher';
import { freePort } from '@daybook/local-servers';
import { connectDatabase, type Database } from '@daybook/postgres';
import { eventually, startTestPostgres, type TestServer } from '@daybook/test-support';
import app from './test-consumer-app.ts';

const [consumer] = app.consumers ?? [];
const APP = { DAYBOOK_CONFIG: 'services/projector/src/test-consumer-app.ts' };
const folder = mkdtempSync(join(tmpdir(), 'daybook-test-consumers-'));
let postgres: TestServer;
let store: EventStore;
let database: Database;
const projectors: SupervisedService[] = [];
const healthPorts: number[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openEventStore({ url: postgres.url, log: silent });
  database = connectDatabase({ url: postgres.url, applicationName: 'test', log: silent });
  await migrate();
  for (const name of ['one', 'two']) projectors.push(await startProjector(name));
}, 120_000);

afterAll(async () => {
  await Promise.all(projectors.map((projector) => projector.stop()));
  await database?.close();
  await store?.close();
  await postgres?.remove();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function migrate(more: Record<string, string> = {}): Promise<void> {
  const urls = { EVENT_STORE_URL: postgres.url, READ_STORE_URL: postgres.url, LOG_LEVEL: 'warn' };
  const env = { ...process.env, ...APP, ...urls, ...more };
  await promisify(execFile)(process.execPath, ['services/migrate/dist/main.js'], { env });
}

async function startProjector(name: string, more: Record<string, string> = {}): Promise<SupervisedService> {
  const healthPort = await freePort();
  healthPorts.push(healthPort);
  const urls = { EVENT_STORE_URL: postgres.url, READ_STORE_URL: postgres.url };
  const projector = supervise({
    name,
    script: 'services/projector/dist/main.js',
    logFile: join(folder, `${name}.log`),
    env: { ...APP, ...urls, HEALTH_PORT: String(healthPort), ...more },
    policy: { maxRestarts: 100, maxDelayMs: 200 },
  });
  await projector.ready();
  return projector;
}

/** Appends an order's events, ten to a stream. */
async function place(...orders: readonly string[]): Promise<void> {
  const metadata = { command_id: 'x', causation_id: 'x', correlation_id: 'x', schema_version: 1, recorded_at: '' };
  const events = orders.map((order) => ({ id: eventIdOf(order, 0), type: 'OrderPlaced', data: { order }, metadata }));
  await store.append(`shop-Order-${orders[0]}`, 'no-stream', events);
}

/** What each projector answers when it is asked whether it is ready. */
const readiness = () =>
  Promise.all(
    healthPorts.map(async (port) => {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
      return { status: answer.status, body: await answer.text() };
    }),
  );
const ordersIn = (table: string) =>
  database.query<{ order_id: string; seen: number }>({
    text: `select order_id, seen from reports.${table} order by place`,
  });

test('each event counts exactly once, in order, though two compete and are killed in the middle', async () => {
  const orders: string[] = [];
  for (let n = 0; n < 400; n++) {
    const ten = Array.from({ length: 10 }, (_, of) => `a-${n}-${of}`);
    await place(...ten);
    orders.push(...ten);
    if (n % 40 === 39) projectors[(n / 40) & 1]?.kill('SIGKILL');
  }
  await eventually('all are counted', async () => (await ordersIn('orders_v1')).length >= orders.length, 60_000);
  expect(await ordersIn('orders_v1')).toEqual(orders.map((order_id) => ({ order_id, seen: 1 })));
}, 120_000);

test('who stands by takes over at once', async () => {
  await Promise.all(projectors.map((projector) => projector.ready()));
  const [holder] = await database.query<{ pid: number }>({
    text: `select a.pid from pg_stat_activity a join pg_locks l using (pid)
      where l.locktype = 'advisory' and l.granted and a.application_name like 'daybook consumer orders%'`,
  });
  const since = Date.now();
  await database.query({ text: 'select pg_terminate_backend($1)', values: [holder?.pid] });
  await place('b-1');
  await eventually('it is counted', async () => (await ordersIn('orders_v1')).some((one) => one.order_id === 'b-1'));
  expect(Date.now() - since).toBeLessThan(2000);
}, 60_000);

test('at an event that fails it stands still, and says so, until the cause is gone', async () => {
  await database.query({ text: `insert into reports.refused values ('c-2')` });
  await place('c-1', 'c-2', 'c-3');
  await eventually('a projector is not ready', async () => (await readiness()).some(({ status }) => status === 503));
  const failed = (await readiness()).find(({ status }) => status === 503);
  expect(failed?.body).toContain(`the consumer '${consumer?.name}.v1' stands still at OrderPlaced`);
  expect(failed?.body).toContain('the order c-2 is refused');
  const counted = (await ordersIn('orders_v1')).map(({ order_id }) => order_id);
  expect(counted).toContain('c-1');
  expect(counted).not.toContain('c-3');
  await database.query({ text: 'delete from reports.refused' });
  await eventually('the rest is counted', async () =>
    (await ordersIn('orders_v1')).some((one) => one.order_id === 'c-3'),
  );
  await eventually('all are ready', async () => (await readiness()).every(({ status }) => status === 200));
  expect((await ordersIn('orders_v1')).every(({ seen }) => seen === 1)).toBe(true);
}, 90_000);

test('a raised version starts over, and leaves the one before as it is', async () => {
  const raised = { CONSUMER_VERSION: '2' };
  await migrate(raised);
  projectors.push(await startProjector('three', raised));
  const before = await ordersIn('orders_v1');
  await eventually('all are counted anew', async () => (await ordersIn('orders_v2')).length === before.length);
  expect(await ordersIn('orders_v2')).toEqual(before);
  expect(await ordersIn('orders_v1')).toEqual(before);
}, 60_000);
