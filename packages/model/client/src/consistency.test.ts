import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Unavailable } from '@daybook/core';
import { loanApplications, loans, reviewQueue } from '@daybook/loans';
import { connectClient, NotYet, type Update } from './index.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => unknown;

const asked: { url: string | undefined; headers: IncomingMessage['headers'] }[] = [];
let handle: Handle = () => {};
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ url: request.url, headers: request.headers });
    handle(request, response);
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

const loan_application_uuid = '2f0c5f43-9c5c-4a52-8a5e-0f9d6b7f3c11';
const token = `loans-LoanRequest-${loan_application_uuid}@0`;
const command = { type: 'SubmitLoanRequest', data: { loan_application_uuid } } as const;
const connect = () => connectClient({ context: loans, gatewayUrl: url, queryUrl: url });
const json =
  (status: number, body: object, headers: Record<string, string> = {}): Handle =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

test('strong consistency is asked of the gateway, with time for its answer; what it says is passed on', async () => {
  const client = await connect();
  const reply = { status: 'accepted', command_id: 'c-1', stream: 's', revision: 0, token, events: [] };
  handle = json(200, reply, { 'daybook-consistency': 'strong' });
  expect(await client.send(command, { consistency: 'strong' })).toEqual({ ...reply, consistency: 'strong' });
  handle = json(200, reply, { 'daybook-consistency': 'eventual' });
  const some = { consistency: 'strong', projections: [loanApplications, reviewQueue], timeoutMs: 3000 } as const;
  expect(await client.send(command, some)).toEqual({ ...reply, consistency: 'eventual' });
  handle = json(200, reply);
  expect(await client.send(command, { consistency: 'eventual' })).toEqual(reply);
  expect(asked.map(({ headers }) => headers.prefer)).toEqual([
    'consistency=strong, wait=9',
    'consistency=strong; projections="loan_applications,review_queue", wait=2',
    undefined,
  ]);
});

test('a row is asked for with a token, and may not include it yet', async () => {
  const client = await connect();
  handle = json(200, { status: 'submitted' });
  await client.get(loanApplications, loan_application_uuid, { token, waitMs: 1500 });
  await client.list(loanApplications, { token });
  expect(asked.map(({ headers }) => [headers['daybook-token'], headers.prefer])).toEqual([
    [token, 'wait=2'],
    [token, 'wait=0'],
  ]);
  handle = json(412, { detail: 'not yet' });
  await expect(client.get(loanApplications, loan_application_uuid, { token })).rejects.toThrow(NotYet);
  handle = json(503, {});
  await expect(client.get(loanApplications, loan_application_uuid, { token })).rejects.toThrow(Unavailable);
});

describe('live updates', () => {
  const stream =
    (...parts: readonly string[]): Handle =>
    async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const part of parts) {
        response.write(part);
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    };
  const row = (status: string) => `event: row\ndata: {"status":"${status}"}\n\n`;

  /** The first updates. @param count how many */
  async function take(count: number, options: object = {}): Promise<Update<unknown>[]> {
    const updates: Update<unknown>[] = [];
    for await (const update of (await connect()).follow(loanApplications, options)) {
      updates.push(update);
      if (updates.length === count) break;
    }
    return updates;
  }

  test('come as they are sent, however they are cut into pieces; signs of life are none', async () => {
    handle = stream(
      'retry: 1000\n\n:\n\nid: 1\nev',
      `${'ent: row\ndata: {"status":"submitted"}\n\n'}id: 2\n`,
      'event: gone\ndata: {"id":"ü"}\n\n',
    );
    expect(await take(2, { of: loan_application_uuid })).toEqual([
      { event: 'row', row: { status: 'submitted' }, position: '1' },
      { event: 'gone', key: { id: 'ü' }, position: '2' },
    ]);
    expect(asked[0]).toMatchObject({
      url: `/loans/loan-applications/${loan_application_uuid}`,
      headers: { accept: 'text/event-stream' },
    });
  });

  test('go on after the last id when a connection is lost, also where the id came alone', async () => {
    const answers: Handle[] = [
      stream('event: open\nid: 3\ndata: {}\n\n'),
      json(503, {}),
      (_request, response) => response.destroy(),
      stream(`id: 4\n${row('approved')}`, 'id: 9\n\n', 'event: end\ndata: {"reason":"the server stops"}\n\n'),
      stream(`id: 10\n${row('denied')}`),
    ];
    handle = (...args) => answers.shift()?.(...args);
    expect(await take(2, { filters: { status: 'approved' }, after: '2' })).toMatchObject([
      { position: '4' },
      { position: '10' },
    ]);
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual(['2', '3', '3', '3', '9']);
    expect(asked[0]?.url).toBe('/loans/loan-applications?status=approved');
  });

  test('that are refused are an error; a signal ends them', async () => {
    handle = json(400, { title: 'no such status' });
    await expect(take(1)).rejects.toThrow('no such status');
    handle = stream();
    expect(await take(1, { signal: AbortSignal.abort() })).toEqual([]);
  });
});
