import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTestApp, type TestApp } from '@daybook/embedded';
import { eventually, type PrivateSystem, startPrivateSystem } from '@daybook/test-support';
import app from './hooks/daybook.config.ts';

const DAYBOOK_CONFIG = join(__dirname, 'hooks/daybook.config.ts');
let receiver: Server;
/** The bodies of the webhook's calls. */
const calls: string[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => calls.push(chunk.toString()));
    request.on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  process.env.WEBHOOK_URL = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterAll(() => {
  delete process.env.WEBHOOK_URL;
  receiver.close();
});

/** Where an app that has every hook answers. */
interface Urls {
  readonly gatewayUrl: string;
  readonly queryUrl: string;
}

async function post(url: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const get = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as never };
};

/** Walks through every hook. */
async function everyHook({ gatewayUrl, queryUrl }: Urls): Promise<void> {
  const id = randomUUID();
  const loan = { loan_application_uuid: id, amount: 1000, duration: 6 };
  const command = `${gatewayUrl}/commands/loans/RequestLoan`;

  const stranger = await post(command, loan, { 'daybook-actor': 'stranger', 'idempotency-key': id });
  expect(stranger).toMatchObject({ status: 422, body: { error: { code: 'not_known' } } });
  expect(await post(command, loan, { 'idempotency-key': id })).toEqual(stranger);
  expect(await post(`${gatewayUrl}/requests`, loan)).toMatchObject({ status: 200, body: { status: 'accepted' } });

  const history = `${queryUrl}/loans/loan-applications/${id}/history`;
  expect((await get(history)).body).toMatchObject({
    items: [
      { type: 'CommandRejected', actor: 'stranger' },
      { type: 'LoanRequested', actor: 'clerk', annotations: { office: 'Berlin' } },
    ],
  });
  await eventually('the consumer has counted it', async () => {
    const { body } = await get(`${queryUrl}/reports/requested`);
    return (body as { loans: number }[])[0]?.loans === 1;
  });
  await eventually('somebody else was told', () => calls.some((call) => call.includes(id)));
  expect(await get(`${queryUrl}/reports/cheat`)).toMatchObject({ status: 500 });
  expect(await get(`${queryUrl}/reports/requested`)).toMatchObject({ body: [{ loans: 1 }] });
  expect(await get(`${gatewayUrl}/openapi.json`)).toHaveProperty(['body', 'paths', '/requests', 'post']);
  expect(await get(`${queryUrl}/openapi.json`)).toHaveProperty(['body', 'paths', '/reports/requested', 'get']);
}

describe('as services of their own, on real servers', () => {
  let system: PrivateSystem;

  beforeAll(async () => {
    system = await startPrivateSystem({ settings: { DAYBOOK_CONFIG, WEBHOOK_URL: process.env.WEBHOOK_URL as string } });
    const env = { ...process.env, ...system.env, READ_STORE_URL: system.postgresUrl };
    await promisify(execFile)(process.execPath, ['services/migrate/dist/main.js'], { env });
  }, 180_000);
  afterAll(() => system?.stop(), 60_000);

  test('every hook does its part', () => everyHook(system), 60_000);
});

describe('in one process', () => {
  let daybook: TestApp;

  beforeAll(async () => {
    daybook = await startTestApp(app);
  }, 120_000);
  afterAll(() => daybook?.stop(), 60_000);

  test('every hook does its part', () => {
    const { commandsUrl: gatewayUrl, queriesUrl: queryUrl } = daybook;
    return everyHook({ gatewayUrl, queryUrl });
  }, 60_000);
});
