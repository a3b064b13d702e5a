import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { silent } from '@daybook/core';
import { type ConnectionLimits, createApi } from './api.ts';
import { listen } from './listen.ts';

async function exampleApi(limits: Partial<ConnectionLimits> = {}) {
  const api = await createApi({
    title: 'Example',
    description: 'For tests.',
    url: 'http://127.0.0.1:8080',
    log: silent,
    limits,
  });
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
  ['path-too-long', 414, `/things/${'x'.repeat(4097)}`],
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

const json = (payload: string | Buffer, more: Record<string, string> = {}) => ({
  payload,
  headers: { 'content-type': 'application/json', ...more },
});

test.each(['gzip', 'x-gzip', 'deflate', 'br', 'GZIP', 'identity, gzip', 'rubbish'])(
  'a body that is encoded as %s: 415 that says so, and what is taken',
  async (encoding) => {
    const api = await exampleApi();
    const { statusCode, headers, body } = await api.inject({
      method: 'POST',
      url: '/things',
      ...json(gzipSync('{}'), { 'content-encoding': encoding }),
    });
    expect(statusCode).toBe(415);
    expect(headers['accept-encoding']).toBe('identity');
    expect(JSON.parse(body)).toMatchObject({
      type: 'urn:daybook:problem:unsupported-content-encoding',
      detail: expect.stringContaining('without Content-Encoding') as string,
    });
  },
);

test.each(['identity', 'Identity', ''])('a body whose encoding is called %j is taken', async (encoding) => {
  const api = await exampleApi();
  const { statusCode } = await api.inject({
    method: 'POST',
    url: '/things',
    ...json('{}', { 'content-encoding': encoding, 'content-type': 'APPLICATION/JSON ; Charset=UTF-8' }),
  });
  expect(statusCode).toBe(200);
});

test.each([
  ['{"__proto__": {}}', 'invalid_data', "the body has a field '__proto__'"],
  ['{"a": {"constructor": {"prototype": {}}}}', 'invalid_data', "or 'constructor'"],
  ['{"__proto__": {}', 'not_json', 'the body is not JSON'],
  ['{a: 1}', 'not_json', 'the body is not JSON'],
])('the body %s: 400 that says why', async (payload, code, reason) => {
  const { status, body } = await ask('POST', '/things', json(payload) as never);
  expect({ status, body }).toMatchObject({
    status: 400,
    body: { error: { code }, detail: expect.stringContaining(reason) as string },
  });
});

test.each([
  ['its headers', 'POST /things HTTP/1.1\r\nhost: a\r\n'],
  ['its body', 'POST /things HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"a"'],
  [
    'a chunk of its body',
    'POST /things HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{"a"\r\n',
  ],
])('a request that never ends %s: 408, and the connection is closed', async (_what, begun) => {
  const api = await exampleApi({ headersTimeoutMs: 50, requestTimeoutMs: 100, checkMs: 10 });
  const { url, stop } = await listen(api, { port: 0, host: '127.0.0.1' });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(begun);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  await stop();
  expect(head).toContain('HTTP/1.1 408 ');
  expect(JSON.parse(body)).toMatchObject({ type: 'urn:daybook:problem:request-timeout', status: 408 });
});

test('one connection too many is closed, and those that are open are served', async () => {
  const { url, stop } = await listen(await exampleApi({ maxConnections: 1 }), { port: 0, host: '127.0.0.1' });
  const open = () => connect(Number(new URL(url).port), '127.0.0.1');
  const first = open();
  await once(first, 'connect');
  // The first is counted once it was answered.
  first.write('GET /things HTTP/1.1\r\nhost: a\r\n\r\n');
  await once(first, 'data');
  expect(await text(open()).catch(() => '')).toBe('');
  first.write('GET /things HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  expect(await text(first)).toContain('HTTP/1.1 200 OK');
  await stop();
});

test.each(['application/json', 'application/json; charset=iso-8859-1'])(
  'a body in Latin-1, sent as %s: 400 that says so',
  async (type) => {
    const api = await createApi({ title: 't', description: 'd', url: 'http://127.0.0.1:1', log: silent });
    api.post('/echo', (request) => request.body);
    const echo = (body: Buffer) =>
      api.inject({ method: 'POST', url: '/echo', headers: { 'content-type': type }, body });
    const refused = await echo(Buffer.from('{"name":"Café"}', 'latin1'));
    expect(refused.statusCode).toBe(400);
    expect(refused.json()).toMatchObject({ error: { code: 'not_utf8' } });
    expect((await echo(Buffer.from('{"name":"Café"}'))).json()).toEqual({ name: 'Café' });
    await api.close();
  },
);
