import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { silent } from '@daybook/core';
import { createApi } from './api.ts';
import { listen } from './listen.ts';

async function exampleApi() {
  const api = await createApi({ title: 'Example', description: 'For tests.', log: silent });
  api.get('/things', () => ({ items: [] }));
  api.post('/things', () => ({ made: true }));
  api.get('/things/:id', () => ({}));
  return api;
}

async function ask(method: string, url: string, more: { payload?: string; headers?: Record<string, string> } = {}) {
  const api = await exampleApi();
  const { statusCode, headers, payload } = await api.inject({ method: method as 'GET', url, ...more });
  const body = (payload === '' ? undefined : JSON.parse(payload)) as { type: string; detail: string } | undefined;
  return { status: statusCode, type: headers['content-type'], allow: headers.allow, body };
}

const PROBLEM = expect.stringMatching(/^application\/problem\+json/) as string;

test.each([
  ['PUT', '/things', 'GET, HEAD, POST'],
  ['DELETE', '/things/1?x=2', 'GET, HEAD'],
  ['POST', '/openapi.json', 'GET, HEAD'],
])('%s %s: 405 with what is allowed', async (method, url, allow) => {
  expect(await ask(method, url)).toMatchObject({
    status: 405,
    type: PROBLEM,
    allow,
    body: {
      type: 'urn:daybook:problem:method-not-allowed',
      detail: expect.stringContaining(`takes ${allow}`) as string,
    },
  });
});

test('OPTIONS: what is allowed', async () => {
  expect(await ask('OPTIONS', '/things')).toMatchObject({ status: 204, allow: 'GET, HEAD, POST' });
});

test.each(['/nothing', '/things/1/2', '/'])('%s: 404, whatever the method', async (url) => {
  const unknown = { status: 404, type: PROBLEM, body: { type: 'urn:daybook:problem:unknown-path' } };
  for (const method of ['GET', 'DELETE', 'OPTIONS']) expect(await ask(method, url)).toMatchObject(unknown);
});

test.each([
  ['malformed-path', 400, '/things/%E0%A4%A'],
  ['path-too-long', 414, `/things/${'x'.repeat(1025)}`],
])('%s: %i', async (kind, status, url) => {
  const body = { type: `urn:daybook:problem:${kind}` };
  expect(await ask('GET', url)).toMatchObject({ status, type: PROBLEM, body });
});

test.each(['text/plain', 'text/xml', 'rubbish'])('a body that is sent as %s: 415', async (type) => {
  expect(await ask('POST', '/things', { payload: '{}', headers: { 'content-type': type } })).toMatchObject({
    status: 415,
    type: PROBLEM,
    body: {
      type: 'urn:daybook:problem:unsupported-media-type',
      detail: expect.stringContaining('application/json') as string,
    },
  });
});

test('a body that is too large: 413', async () => {
  const payload = JSON.stringify('x'.repeat(2 ** 20));
  const answer = await ask('POST', '/things', { payload, headers: { 'content-type': 'application/json' } });
  expect(answer).toMatchObject({ status: 413, type: PROBLEM, body: { type: 'urn:daybook:problem:body-too-large' } });
});

test.each([
  ['malformed-request', 400, 'rubbish\r\n\r\n'],
  ['headers-too-large', 431, `GET /things HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`],
])('over the wire, %s: %i, and the connection is closed', async (kind, status, request) => {
  const { url, stop } = await listen(await exampleApi(), { port: 0, host: '127.0.0.1' });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(request);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  await stop();
  expect(head).toContain(`HTTP/1.1 ${status} `);
  expect(head).toContain('content-type: application/problem+json');
  expect(JSON.parse(body)).toMatchObject({ type: `urn:daybook:problem:${kind}`, status });
});
