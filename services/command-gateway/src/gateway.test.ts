import { type CommandBus, MalformedMessage, type ReadStore, silent, Unavailable } from '@daybook/core';
import { loans } from '@daybook/loans';
import { buildGateway } from './gateway.ts';
import { type Answer, PATH, PROBLEM, post, STREAM } from './test-gateway.ts';

const timeOut: Answer = () => Promise.reject(new Unavailable('outcome', new Error('timeout')));

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
      token: `${STREAM}@1`,
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

  test('a key that was used before for another command: 422, as the draft of Idempotency-Key has it', async () => {
    const error = { code: 'message_id_reused', message: 'send this one with an id of its own' };
    const answer: Answer = async ({ commandId }) => ({ status: 'invalid', command_id: commandId, error });
    expect(await post(PATH, { answer })).toMatchObject({
      status: 422,
      body: { type: 'urn:daybook:problem:idempotency-key-reused', outcome: 'invalid', error },
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

test('what it takes is described: over HTTP, and over AMQP', async () => {
  const api = await buildGateway({
    contexts: [loans],
    bus: {} as CommandBus,
    rows: {} as ReadStore,
    log: silent,
    timeoutMs: 1,
  });
  expect((await api.inject('/openapi.json')).json()).toHaveProperty(['paths', PATH, 'post']);
  expect((await api.inject('/asyncapi.json')).json()).toHaveProperty(['operations', 'loans.RequestLoan']);
});
