import {
  type CommandBus,
  type CommandMessage,
  MalformedMessage,
  type Reply,
  type RequestOptions,
  silent,
  Unavailable,
} from '@daybook/core';
import { loans } from '@daybook/loans';
import { waitMs } from './command-headers.ts';
import { buildGateway } from './gateway.ts';

const ID = '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1';
const STREAM = `loans-LoanRequest-${ID}`;
const PATH = '/commands/loans/RequestLoan';
const PROBLEM = 'application/problem+json; charset=utf-8';
const data = { loan_application_uuid: ID, amount: 1000, duration: 6 };

type Answer = (command: CommandMessage, options: RequestOptions) => Promise<Reply>;
const accept: Answer = async ({ commandId }) => ({
  status: 'accepted',
  command_id: commandId,
  stream: STREAM,
  revision: 0,
  events: [{ type: 'LoanRequested', revision: 0 }],
});
const timeOut: Answer = () => Promise.reject(new Unavailable('outcome', new Error('timeout')));

async function post(
  path: string,
  {
    body = data,
    headers = {},
    answer = accept,
    ping = async () => {},
  }: Partial<{
    body: string | object;
    headers: Record<string, string>;
    answer: Answer;
    ping: () => Promise<void>;
  }> = {},
) {
  const requests: { command: CommandMessage; options: RequestOptions }[] = [];
  const request: Answer = (command, options) => {
    requests.push({ command, options });
    return answer(command, options);
  };
  const api = await buildGateway({
    contexts: [loans],
    bus: { request, ping } as CommandBus,
    log: silent,
    timeoutMs: 10_000,
  });
  const response = await api.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/json', ...headers },
    payload: body,
  });
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    headers: response.headers,
    body: response.json() as Record<string, unknown>,
    requests,
  };
}

describe('outcomes', () => {
  test('accepted: 200 with the reply', async () => {
    const answer = await post(PATH, { headers: { 'idempotency-key': 'k1' } });
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'accepted', command_id: 'k1', stream: STREAM, revision: 0 },
    });
  });

  test("rejected: 422 with the domain's code and the reply's members", async () => {
    const answer: Answer = async ({ commandId }) => ({
      status: 'rejected',
      command_id: commandId,
      stream: STREAM,
      revision: 1,
      error: { code: 'loan_already_requested', message: 'loan already requested' },
    });
    expect(await post(PATH, { headers: { 'idempotency-key': 'k1' }, answer })).toMatchObject({
      status: 422,
      type: PROBLEM,
      body: {
        type: 'urn:daybook:problem:rejected',
        title: 'Unprocessable Entity',
        status: 422,
        detail: 'loan already requested',
        outcome: 'rejected',
        command_id: 'k1',
        stream: STREAM,
        revision: 1,
        error: { code: 'loan_already_requested', message: 'loan already requested' },
      },
    });
  });

  test.each([
    ['invalid', 400],
    ['failed', 500],
  ] as const)('%s: %i', async (status, code) => {
    const answer: Answer = async ({ commandId }) => ({
      status,
      command_id: commandId,
      error: { code: status, message: 'm' },
    });
    expect(await post(PATH, { answer })).toMatchObject({
      status: code,
      type: PROBLEM,
      body: { status: code, outcome: status },
    });
  });

  test('none in time: 504 that says how to learn it', async () => {
    const { status, type, body } = await post(PATH, { answer: timeOut, headers: { 'idempotency-key': 'k/1' } });
    expect({ status, type }).toEqual({ status: 504, type: PROBLEM });
    expect(body).toMatchObject({
      type: 'urn:daybook:problem:outcome-not-known-yet',
      command_id: 'k/1',
      stream: STREAM,
    });
    expect(body.detail).toContain('send it again with the same Idempotency-Key');
    expect(body.detail).toContain(`/outcomes/${STREAM}/k%2F1`);
  });

  test('the broker is away: 503', async () => {
    const ping = () => Promise.reject(new Unavailable('broker', new Error('connection refused')));
    expect(await post(PATH, { answer: timeOut, ping })).toMatchObject({
      status: 503,
      type: PROBLEM,
      body: { type: 'urn:daybook:problem:broker-unavailable', command_id: expect.any(String) as string },
    });
  });

  test('nobody serves the context: 503', async () => {
    const answer: Answer = () => Promise.reject(new MalformedMessage('unroutable', 'no queue'));
    expect(await post(PATH, { answer })).toMatchObject({ status: 503, body: { detail: 'no queue', stream: STREAM } });
  });

  test('a bug: 500, and nothing of it is shown', async () => {
    const answer = await post(PATH, { answer: () => Promise.reject(new Error('secret')) });
    expect(answer).toMatchObject({
      status: 500,
      type: PROBLEM,
      body: { detail: 'something broke here; it was logged' },
    });
  });
});

describe('what is refused before anything is published', () => {
  test('data that is not valid: 400 with the issues', async () => {
    const { status, type, body, requests } = await post(PATH, { body: { ...data, amount: 'many', colour: 'red' } });
    expect({ status, type, requests }).toEqual({ status: 400, type: PROBLEM, requests: [] });
    expect(body.error).toEqual({
      code: 'invalid_data',
      message: expect.stringContaining('amount: Invalid input') as string,
      issues: [
        { path: 'amount', message: 'Invalid input: expected number, received string' },
        { path: '', message: 'Unrecognized key: "colour"' },
      ],
    });
    expect(body).toMatchObject({ outcome: 'invalid' });
  });

  test('a body that is no JSON: 400', async () => {
    expect(await post(PATH, { body: '{' })).toMatchObject({ status: 400, type: PROBLEM, requests: [] });
  });

  test('a body that is not declared as JSON: 415', async () => {
    expect(await post(PATH, { body: 'x', headers: { 'content-type': 'text/xml' } })).toMatchObject({
      status: 415,
      type: PROBLEM,
    });
  });

  test('a body that is too large: 413', async () => {
    expect(await post(PATH, { body: 'x'.repeat(2 ** 20 + 1) })).toMatchObject({ status: 413, type: PROBLEM });
  });

  test.each([
    ['idempotency-key', 'a b'],
    ['idempotency-key', 'x'.repeat(256)],
    ['daybook-causation-id', 'ä'],
  ])('header %s: %s', async (name, value) => {
    expect(await post(PATH, { headers: { [name]: value } })).toMatchObject({
      status: 400,
      type: PROBLEM,
      requests: [],
      body: { error: { issues: [{ path: `header.${name}`, message: '1 to 255 visible ASCII characters' }] } },
    });
  });

  test('an unknown command: 404 that names the known ones', async () => {
    expect(await post('/commands/loans/PayLoan')).toMatchObject({
      status: 404,
      type: PROBLEM,
      body: { detail: expect.stringContaining('RequestLoan, SubmitLoanRequest') as string },
    });
  });

  test('an unknown context: 404 that names the known ones', async () => {
    expect(await post('/commands/cars/BuyCar')).toMatchObject({
      status: 404,
      type: PROBLEM,
      body: { detail: "no context 'cars'; these are: loans" },
    });
  });
});

describe('what is published', () => {
  test('carries the headers', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { requests } = await post(PATH, {
      headers: {
        'Idempotency-Key': 'k1',
        'Daybook-Actor': 'Ada Lovelace',
        'Daybook-Correlation-Id': 'c1',
        'Daybook-Causation-Id': 'm0',
        traceparent,
      },
    });
    const command = { type: 'RequestLoan', data };
    const ids = { commandId: 'k1', correlationId: 'c1', causationId: 'm0' };
    expect(requests).toEqual([
      {
        command: { context: 'loans', command, ...ids, actor: 'Ada Lovelace', traceparent },
        options: { timeoutMs: 10_000 },
      },
    ]);
  });

  test('has an id of its own without Idempotency-Key, and the answer tells it', async () => {
    const { requests, body } = await post(PATH, { headers: { traceparent: 'none' } });
    expect(requests[0]?.command).toMatchObject({ commandId: body.command_id, traceparent: undefined });
    expect(body.command_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is waited for as long as the client prefers', async () => {
    const { requests, headers } = await post(PATH, { headers: { prefer: 'wait=2' } });
    expect(requests[0]?.options).toEqual({ timeoutMs: 2000 });
    expect(headers['preference-applied']).toBe('wait=2');
  });
});

test.each([
  [undefined, 10_000],
  ['wait=3', 3000],
  ['respond-async, wait=3', 3000],
  ['wait=60', 10_000],
  ['wait=0', 10_000],
  ['wait=soon', 10_000],
  ['await=3', 10_000],
])('Prefer: %s waits %i ms of 10 s', (prefer, expected) => {
  expect(waitMs(prefer, 10_000)).toBe(expected);
});

test('the OpenAPI document lists every command', async () => {
  const api = await buildGateway({ contexts: [loans], bus: {} as CommandBus, log: silent, timeoutMs: 1 });
  expect((await api.inject('/openapi.json')).json()).toMatchSnapshot();
});
