import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventHandler, type EventStore, effectIdOf, eventIdOf, groupOfEventHandler, silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { type SupervisedService, supervise } from '@daybook/launcher';
import { freePort } from '@daybook/local-servers';
import { eventually, startTestPostgres, type TestServer } from '@daybook/test-support';
import app from './test-webhook-app.ts';

interface Call {
  readonly id: string;
  readonly to: string;
  readonly order: string;
}

const [tellOthers] = app.contexts.flatMap(({ eventHandlers }) => eventHandlers);
let postgres: TestServer;
let store: EventStore;
let service: SupervisedService;
let receiver: Server;
let port = 0;
let calls: Call[] = [];
/** Which status the receiver answers with. */
let answer: (call: Call) => number = () => 204;
const folder = mkdtempSync(join(tmpdir(), 'daybook-test-effects-'));

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openEventStore({ url: postgres.url, log: silent });
  receiver = await startReceiver();
  service = supervise({
    name: 'event-handler',
    script: 'services/event-handler/dist/main.js',
    logFile: join(folder, 'event-handler.log'),
    env: {
      DAYBOOK_CONFIG: 'services/event-handler/src/test-webhook-app.ts',
      EVENT_STORE_URL: postgres.url,
      // Nothing is there: this app sends no mail, so nothing waits for it.
      SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
      WEBHOOK_URL: `http://127.0.0.1:${port}`,
      HEALTH_PORT: String(await freePort()),
    },
    policy: { maxRestarts: 100, maxDelayMs: 500 },
  });
  await service.ready();
}, 120_000);

afterAll(async () => {
  await service?.stop();
  receiver?.close();
  await store?.close();
  await postgres?.remove();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function startReceiver(): Promise<Server> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const call = { id: String(request.headers['idempotency-key']), ...(JSON.parse(body) as Omit<Call, 'id'>) };
      calls.push(call);
      response.writeHead(answer(call)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function place(order: string): Promise<void> {
  const metadata = { command_id: order, causation_id: 'x', correlation_id: 'x', schema_version: 1, recorded_at: '' };
  const event = { id: eventIdOf(order, 0), type: 'OrderPlaced', data: { order }, metadata };
  await store.append(`shop-Order-${order}`, 'no-stream', [event]);
}

const idsOf = (order: string, to: string) =>
  new Set(calls.filter((call) => call.order === order && call.to === to).map(({ id }) => id));
const recordsOf = async (order: string) =>
  (await store.read(`effects_shop-TellOthers-${order}`, 0, 10)).map(({ id }) => id);

test('each effect happens, with one id, though the service is killed again and again', async () => {
  const orders = Array.from({ length: 200 }, (_, n) => `a-${n}`);
  for (const [n, order] of orders.entries()) {
    await place(order);
    if (n % 60 === 59) service.kill('SIGKILL');
  }
  await eventually('everything is on record', async () => {
    const all = await Promise.all(orders.map(recordsOf));
    return all.every((ids) => ids.length === 2);
  });
  for (const order of orders) {
    const [warehouse, accounts] = [0, 1].map((index) => effectIdOf(eventIdOf(order, 0), 'TellOthers', index));
    expect(idsOf(order, 'warehouse')).toEqual(new Set([warehouse]));
    expect(idsOf(order, 'accounts')).toEqual(new Set([accounts]));
  }
  expect(calls.length).toBeLessThan(4 * orders.length);
}, 60_000);

test('while the receiver is away effects wait; one that it refuses is parked, and holds nobody else up', async () => {
  await new Promise((resolve) => {
    receiver.close(resolve);
    receiver.closeAllConnections();
  });
  calls = [];
  await place('b-1');
  await place('b-2');
  await place('b-3');
  await new Promise((resolve) => setTimeout(resolve, 500));
  answer = ({ order, to }) => (order === 'b-2' && to === 'accounts' ? 422 : 204);
  receiver = await startReceiver();
  await eventually('both are on record', async () => {
    const all = await Promise.all(['b-1', 'b-3'].map(recordsOf));
    return all.every((ids) => ids.length === 2);
  });
  const [parked] = await eventually('the refused one is parked', async () => {
    const all = await store.listParked(groupOfEventHandler(tellOthers as EventHandler), 'shop');
    return all.length > 0 && all;
  });
  expect(parked).toMatchObject({ event: { streamId: 'shop-Order-b-2' }, attempts: 5 });
  expect(parked?.reason).toContain('the receiver answered 422');
  // What was done of it before stays done.
  expect(calls.filter(({ order, to }) => order === 'b-2' && to === 'warehouse')).toHaveLength(1);
}, 90_000);
