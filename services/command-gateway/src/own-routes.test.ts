import type { GatewayRoutes, SendOptions } from '@daybook/app';
import {
  type CommandBus,
  type CommandMessage,
  type Reply,
  type RequestOptions,
  silent,
  Unavailable,
} from '@daybook/core';
import { InMemoryReadStore } from '@daybook/in-memory';
import { loans } from '@daybook/loans';
import { z } from 'zod';
import { buildGateway } from './gateway.ts';
import { data, PROBLEM, STREAM } from './test-gateway.ts';

const accepted: Reply = { status: 'accepted', command_id: 'k', stream: STREAM, revision: 0, token: '', events: [] };

function gateway(routes: GatewayRoutes, answer: () => Promise<Reply> = async () => accepted, ping = async () => {}) {
  const requests: { command: CommandMessage; options: RequestOptions }[] = [];
  const request = (command: CommandMessage, options: RequestOptions) => {
    requests.push({ command, options });
    return answer();
  };
  const bus = { request, ping } as unknown as CommandBus;
  const parts = { contexts: [loans], bus, log: silent, timeoutMs: 10_000, rows: new InMemoryReadStore(), routes };
  return { requests, built: buildGateway(parts) };
}

/** A route that sends what it is told to. */
const relay =
  (options?: SendOptions, of: string | typeof loans = loans): GatewayRoutes =>
  (api, { send }) =>
    void api.post('/import', { schema: { summary: 'An import', body: z.looseObject({}) } }, (request) =>
      send(of, { type: 'RequestLoan', data: request.body as never }, options),
    );

async function post(routes: GatewayRoutes, ...how: [(() => Promise<Reply>)?, (() => Promise<void>)?]) {
  const { built, requests } = gateway(routes, ...how);
  const response = await (await built).inject({ method: 'POST', url: '/import', payload: data });
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    body: response.json() as object,
    requests,
  };
}

test('a command is sent with what was said of it, as by the own routes of the gateway', async () => {
  const options = { commandId: 'k1', actor: 'ann', correlationId: 'talk', causationId: 'mail', timeoutMs: 99_999 };
  const { status, body, requests } = await post(relay(options));
  expect({ status, body }).toEqual({ status: 200, body: accepted });
  expect(requests).toMatchObject([
    {
      command: {
        ...{ context: 'loans', command: { type: 'RequestLoan', data } },
        ...{ commandId: 'k1', actor: 'ann', correlationId: 'talk', causationId: 'mail' },
      },
      options: { timeoutMs: 10_000 },
    },
  ]);
});

test('without any it has an id of its own, and waits as long as the gateway', async () => {
  const { requests } = await post(relay({}, 'loans'));
  expect(requests[0]?.command.commandId).toMatch(/^[0-9a-f-]{36}$/);
  expect(requests[0]?.options.timeoutMs).toBe(10_000);
});

test('an invalid command is answered, and not sent', async () => {
  const routes: GatewayRoutes = (api, { send }) =>
    void api.post('/import', () => send('loans', { type: 'RequestLoan', data: { amount: 'much' } }));
  const { status, body, requests } = await post(routes);
  expect({ status, body }).toMatchObject({ status: 200, body: { status: 'invalid', error: { code: 'invalid_data' } } });
  expect(requests).toEqual([]);
});

test.each<[string, GatewayRoutes]>([
  ['the app has no context', relay({}, 'shop')],
  ['1 to 255 visible ASCII characters', relay({ commandId: 'a b' })],
  ['1 to 255 printable ASCII characters', relay({ actor: 'é' })],
  ['timeoutMs is 0: it has to be above 0 milliseconds', relay({ timeoutMs: 0 })],
])('%s: 400', async (detail, routes) => {
  const { status, type, body, requests } = await post(routes);
  expect({ status, type }).toEqual({ status: 400, type: PROBLEM });
  expect(body).toMatchObject({ detail: expect.stringContaining(detail) });
  expect(requests).toEqual([]);
});

test('no outcome in time: 504 with what to do, or 503, as by the own routes of the gateway', async () => {
  const late = () => Promise.reject(new Unavailable('outcome', 'timeout'));
  const one = await post(relay({ commandId: 'k1' }), late);
  expect(one).toMatchObject({ status: 504, type: PROBLEM, body: { command_id: 'k1', stream: STREAM } });
  const away = await post(relay({ commandId: 'k1' }), late, late);
  expect(away).toMatchObject({ status: 503, body: { type: 'urn:daybook:problem:broker-unavailable' } });
});

test('what else a route throws is a problem, whose cause is not shown', async () => {
  const { status, type, body } = await post(
    (api) => void api.post('/import', () => Promise.reject(new Error('secret'))),
  );
  expect({ status, type }).toEqual({ status: 500, type: PROBLEM });
  expect(JSON.stringify(body)).not.toContain('secret');
});

test('they are described beside the own routes of the gateway, and answered 405 for another method', async () => {
  const { built } = gateway(relay());
  const api = await built;
  const { paths } = (await api.inject('/openapi.json')).json<{ paths: Record<string, unknown> }>();
  expect(paths).toMatchObject({ '/import': { post: { summary: 'An import' } }, '/commands/loans/RequestLoan': {} });
  expect((await api.inject('/import')).statusCode).toBe(405);
});

test('a hook of theirs stays with them', async () => {
  const routes: GatewayRoutes = async (api) => {
    api.addHook('onRequest', async () => {
      throw new Error('not here');
    });
    api.get('/own', () => 'never');
  };
  const api = await gateway(routes).built;
  expect((await api.inject('/own')).statusCode).toBe(500);
  expect((await api.inject('/asyncapi.json')).statusCode).toBe(200);
});

test.each([
  ['POST', '/commands/loans/RequestLoan', '/commands/loans/RequestLoan'],
  ['POST', '/commands/loans/Other', '/commands/:context/:type'],
  ['POST', '/commands/:any/thing', '/commands/loans/RequestLoan'],
  ['POST', '/*', '/commands/loans/RequestLoan'],
  ['GET', '/openapi.json', '/openapi.json'],
] as const)('%s %s would hide a built-in path: it does not start', async (method, url, builtIn) => {
  const { built } = gateway((api) => void api.route({ method, url, handler: () => 'mine' }));
  const message = `the app's own route ${method} ${url} has paths in common with the built-in ${method} `;
  await expect(built).rejects.toThrow(message);
  if (url !== '/commands/:any/thing' && url !== '/*') await expect(built).rejects.toThrow(builtIn);
});

test.each([
  ['GET', '/commands/loans/RequestLoan'],
  ['POST', '/commands/loans'],
  ['POST', '/commands/loans/RequestLoan/many'],
] as const)('%s %s is free', async (method, url) => {
  const { built } = gateway((api) => void api.route({ method, url, handler: () => 'mine' }));
  expect((await (await built).inject({ method, url })).body).toBe('mine');
});
