import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Unavailable } from '@daybook/core';
import { loanApplications, loans } from '@daybook/loans';
import { connectClient } from './connect-client.ts';

type Asked = { method: string; url: string; headers: IncomingHttpHeaders; body: string };
type Answer = { status: number; body: unknown } | 'hang up';

const asked: Asked[] = [];
let answers: Answer[] = [];
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? 'hang up';
      if (answer === 'hang up') request.socket.destroy();
      else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked.length = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const connect = () => connectClient({ context: loans, gatewayUrl: url, queryUrl: `${url}/` });
const loan_application_uuid = '2f0c5f43-9c5c-4a52-8a5e-0f9d6b7f3c11';
const requestLoan = { type: 'RequestLoan', data: { loan_application_uuid, amount: 1000, duration: 12 } } as const;
const stream = `loans-LoanRequest-${loan_application_uuid}`;
const accepted = { status: 'accepted', command_id: 'c-1', stream, revision: 0, events: [] };

test('a command is posted with its id, and the outcome read', async () => {
  answers = [{ status: 200, body: accepted }];
  const client = await connect();
  const options = { commandId: 'c-1', correlationId: 'talk', actor: 'ada' };
  expect(await client.send(requestLoan, options)).toEqual(accepted);
  expect(asked[0]).toMatchObject({ method: 'POST', url: '/commands/loans/RequestLoan' });
  expect(asked[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'idempotency-key': 'c-1',
    'daybook-actor': 'ada',
    'daybook-correlation-id': 'talk',
  });
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual(requestLoan.data);
});

test('only commands of the context can be sent', async () => {
  const invalid = { status: 'invalid', command_id: 'c-1', error: { code: 'unknown_command', message: 'unknown' } };
  answers = [{ status: 400, body: invalid }];
  const client = await connect();
  // @ts-expect-error no command of loans
  expect(await client.send({ type: 'OpenAccount', data: {} })).toEqual(invalid);
});

test('an outcome is the same whether the body is a reply or a problem', async () => {
  const error = { code: 'amount_is_too_low', message: 'the least is 500' };
  const rejected = { status: 'rejected', command_id: 'c-1', stream, revision: 1, error };
  const problem = { type: 'about:blank', title: 'Unprocessable Content', detail: error.message };
  answers = [
    { status: 422, body: rejected },
    { status: 422, body: { ...rejected, ...problem, status: 422 } },
    { status: 400, body: { command_id: 'c-1', error, ...problem, status: 400 } },
    { status: 500, body: { command_id: 'c-1', error, ...problem, status: 500 } },
  ];
  const client = await connect();
  const send = () => client.send(requestLoan, { commandId: 'c-1' });
  expect(await send()).toEqual(rejected);
  expect(await send()).toEqual(rejected);
  expect(await send()).toEqual({ status: 'invalid', command_id: 'c-1', error });
  expect(await send()).toEqual({ status: 'failed', command_id: 'c-1', error });
});

test('while the outcome is not known the same command is sent again', async () => {
  answers = ['hang up', { status: 504, body: {} }, { status: 503, body: {} }, { status: 200, body: accepted }];
  const client = await connect();
  expect(await client.send(requestLoan)).toEqual(accepted);
  expect(asked).toHaveLength(4);
  const ids = new Set(asked.map(({ headers }) => headers['idempotency-key']));
  expect([...ids]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
});

test('an outcome that stays unknown is reported when the time is up', async () => {
  answers = [{ status: 504, body: {} }];
  const client = await connect();
  await expect(client.send(requestLoan, { timeoutMs: 300 })).rejects.toThrow(Unavailable);
  expect(asked.length).toBeGreaterThan(1);
});

test('an answer that is no outcome is an error at once', async () => {
  answers = [{ status: 404, body: { title: 'no such context' } }];
  const client = await connect();
  await expect(client.send(requestLoan, { commandId: 'c-404' })).rejects.toThrow('no such context');
  // The test before may have left a request on its way.
  expect(asked.filter(({ headers }) => headers['idempotency-key'] === 'c-404')).toHaveLength(1);
});

test('a row is asked for by projection and id', async () => {
  answers = [
    { status: 200, body: { loan_application_uuid, status: 'submitted' } },
    { status: 404, body: {} },
  ];
  const client = await connect();
  const row = await client.get(loanApplications, loan_application_uuid);
  expect(row?.status).toBe('submitted');
  expect(await client.get(loanApplications, 'a/b')).toBeUndefined();
  expect(asked.map((one) => one.url)).toEqual([
    `/loans/loan-applications/${loan_application_uuid}`,
    '/loans/loan-applications/a%2Fb',
  ]);
});

test('a list is asked for page by page', async () => {
  answers = [
    { status: 200, body: { items: [{ loan_application_uuid }], next: 'more' } },
    { status: 200, body: { items: [], next: null } },
  ];
  const client = await connect();
  const first = await client.list(loanApplications, { filters: { status: 'submitted' }, limit: 1 });
  expect(first).toEqual({ items: [{ loan_application_uuid }], next: 'more' });
  const last = await client.list(loanApplications, { cursor: 'more' });
  expect(last).toEqual({ items: [], next: undefined });
  expect(asked.map((one) => one.url)).toEqual([
    '/loans/loan-applications?status=submitted&limit=1',
    '/loans/loan-applications?cursor=more',
  ]);
});

test('the rows of one entity are a list', async () => {
  answers = [{ status: 200, body: { items: [{ loan_application_uuid }], next: null } }];
  const client = await connect();
  await client.list(loanApplications, { of: loan_application_uuid, limit: 1 });
  expect(asked.map((one) => one.url)).toEqual([`/loans/loan-applications/${loan_application_uuid}?limit=1`]);
});

test('a query-service that is away is unavailable; what it refuses is an error', async () => {
  const client = await connect();
  answers = ['hang up'];
  await expect(client.get(loanApplications, 'x')).rejects.toThrow(Unavailable);
  answers = [{ status: 503, body: {} }];
  await expect(client.list(loanApplications)).rejects.toThrow(Unavailable);
  answers = [{ status: 400, body: { title: 'not a cursor' } }];
  await expect(client.list(loanApplications, { cursor: '?' })).rejects.toThrow('not a cursor');
});

test('what was not configured is named', async () => {
  const client = await connectClient({ context: loans });
  await expect(client.send(requestLoan)).rejects.toThrow('gatewayUrl');
  await expect(client.get(loanApplications, 'x')).rejects.toThrow('queryUrl');
});
