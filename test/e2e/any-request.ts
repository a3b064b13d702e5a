import { type IncomingMessage, METHODS, request } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';

// Requests of every kind: what a path, a query, a header and a body may hold, near what is right and far from it.

/** A request, as it goes over the wire. */
export interface AnyRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** What an API says that it has. */
export interface Described {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly parameters?: readonly { name: string; in: string }[] }>>>
  >;
}

const INHERITED = Object.getOwnPropertyNames(Object.prototype);
const NUMBERS = [
  '0',
  '-0',
  '1',
  '-1',
  '500',
  '501',
  '1e3',
  '0x10',
  '9007199254740993',
  '99999999999999999999',
  'NaN',
  ' ',
];
const DATES = [
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '2026-02-30',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-01:00',
  'now',
  'infinity',
];

/** Text that a URL or a header can carry. */
const odd = fc.oneof(
  fc.constantFrom(...INHERITED, ...NUMBERS, ...DATES, '', '\0', '\ud83d', "'", '"', '[]', '{}', 'null'),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.jsonValue({ maxDepth: 2 }).map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
);

/** Percent-encoded, badly now and then. */
const encoded = fc.oneof(
  odd.map((one) => encodeURIComponent(Buffer.from(one).toString())),
  fc.constantFrom('%00', '%zz', '%E0%A4%A', '%', '%2e%2e', '..', '%2F', '%ff%fe'),
);

/** Visible characters and those of Latin-1: what else there is, no client sends. */
const headerValue = fc.oneof(
  odd.map((one) => one.replace(/[^\t\x20-\x7e\x80-\xff]/g, '')),
  fc.string({ unit: fc.constantFrom(...' ;,="\\@/*-.a0%'), maxLength: 200 }),
);

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  accept: ['text/event-stream', 'TEXT/EVENT-STREAM;q=0.5', '*/*', 'text/csv', 'text/event-stream;q=0'],
  prefer: ['wait=0', 'consistency=strong', 'consistency=strong; projections="a,b"', 'consistency=weak', 'wait=x'],
  'daybook-token': ['loans-LoanRequest-a@0', 'constructor-x-y@1', '%E0%A4%A@0', 'meetups-Meetup-%00@0'],
  'last-event-id': ['0', '999999999999999', 'x'],
  'if-none-match': ['*', 'W/"v1"', '"'],
  'idempotency-key': ['a', '"a"', 'x'.repeat(256)],
  'daybook-actor': ['ann', ' ', 'x'.repeat(300)],
  'daybook-correlation-id': ['a', ''],
  'daybook-causation-id': ['a'],
  traceparent: ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'x'],
  'content-type': [
    'application/json',
    'APPLICATION/JSON; charset=UTF-8',
    'text/plain',
    'application/json;',
    '/',
    'multipart/form-data',
  ],
  'content-encoding': ['gzip', 'identity', 'br'],
  expect: ['100-continue', 'x'],
  range: ['bytes=0-1'],
  origin: ['null'],
  'x-forwarded-for': ['::1'],
  te: ['trailers'],
};

const headers = fc
  .array(
    fc
      .constantFrom(...Object.entries(HEADERS))
      .chain(([name, values]) =>
        fc
          .oneof({ weight: 2, arbitrary: fc.constantFrom(...values) }, headerValue)
          .map((value) => [name, value] as const),
      ),
    { maxLength: 4 },
  )
  .map((pairs) => Object.fromEntries(pairs));

/** A cursor as it is given out, of values that no row need have. */
const place = fc.oneof(
  fc.constantFrom<unknown>(...DATES, ...NUMBERS, '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1', '\0', 1, -1, 1e300, null),
  fc.jsonValue({ maxDepth: 1 }),
);
const cursor = fc
  .oneof(
    fc.array(place, { minLength: 1, maxLength: 3 }),
    fc.dictionary(fc.constantFrom('LoanRequest', 'Account', 'Meetup'), place),
  )
  .map((one) => Buffer.from(JSON.stringify(one)).toString('base64url'));

/** A query of parameters that a path has, and of others. */
function queryOf(names: readonly string[]): fc.Arbitrary<string> {
  const own = names.length === 0 ? encoded : fc.constantFrom(...names, ...names, 'as_of', 'limit');
  const name = fc.oneof({ weight: 6, arbitrary: own }, fc.constantFrom(...INHERITED), encoded);
  const value = fc.oneof(
    fc.constantFrom(...DATES),
    fc.constantFrom('submitted', 'scheduled', 'csv', '1', ...NUMBERS).map(encodeURIComponent),
    cursor,
    encoded,
  );
  return fc
    .array(fc.tuple(name, value), { maxLength: 3 })
    .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('=')).join('&')}`));
}

/** Paths that there are, their parameters filled with what is known or with anything, and others; with a query. */
export function pathsOf({ paths }: Described, known: readonly string[]): fc.Arbitrary<string> {
  const filled = fc.constantFrom(...Object.entries(paths)).chain(([path, methods]) => {
    const parameters = Object.values(methods).flatMap((one) => one.parameters ?? []);
    const names = parameters.flatMap((one) => (one.in === 'query' ? [one.name] : []));
    const values = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, encoded), {
      minLength: 3,
      maxLength: 3,
    });
    return fc
      .tuple(values, queryOf(names))
      .map(([given, query]) => given.reduce((so, value) => so.replace(/\{\w+\}/, () => value), path) + query);
  });
  const other = fc
    .tuple(fc.array(encoded, { maxLength: 4 }), queryOf([]))
    .map(([parts, query]) => `/${parts.join('/')}${query}`);
  return fc.oneof({ weight: 8, arbitrary: filled }, other);
}

/** What a service is there for: a request that fits, whatever else comes with it. */
export type Fitting = Pick<AnyRequest, 'method' | 'path' | 'body'>;

/** @param known values that a path's parameter may well have */
export function anyRequest(
  described: Described,
  known: readonly string[],
  body: fc.Arbitrary<Buffer | undefined>,
  fitting: fc.Arbitrary<Fitting>,
): fc.Arbitrary<AnyRequest> {
  // CONNECT asks for a tunnel: Node ends the connection, as HTTP has it.
  const others = METHODS.filter((one) => one !== 'CONNECT');
  const method = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('GET', 'POST') }, fc.constantFrom(...others));
  const path = pathsOf(described, known);
  const right = fc.tuple(fitting, headers).map(([one, more]) => ({
    ...one,
    headers: { ...(one.body !== undefined && { 'content-type': 'application/json' }), ...more },
  }));
  return fc.oneof({ weight: 3, arbitrary: fc.record({ method, path, headers, body }) }, right);
}

/** Any bytes, any JSON, and data near what a command takes. */
export function anyBody(data: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer | undefined> {
  const json = fc.oneof(
    fc.json({ stringUnit: 'binary' }),
    data.map((one) => JSON.stringify(one)),
  );
  const extra = fc.constantFrom(
    '"__proto__":{}',
    '"constructor":{"prototype":1}',
    '"toString":1',
    '"amount":1e999',
    '"date":"0000-01-01T00:00:00Z"',
  );
  return fc.oneof(
    { weight: 4, arbitrary: json.map((one) => Buffer.from(one)) },
    fc.tuple(data, extra).map(([one, more]) => Buffer.from(JSON.stringify(one).replace(/\}$/, `,${more}}`))),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(undefined),
  );
}

/** Sends it, and reads the answer to its end; of a stream that does not end, only that it began. */
export function ask(
  url: string,
  { method, path, headers, body }: AnyRequest,
): Promise<{ status: number; body: string }> {
  // Node's client leaves a body of GET without an end.
  const framed = { ...headers, ...(body !== undefined && { 'content-length': String(body.length) }) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, path, headers: framed, agent: false }, (response: IncomingMessage) => {
      const status = response.statusCode ?? 0;
      const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
      if (isStream) {
        sent.destroy();
        resolve({ status, body: '' });
      } else text(response).then((said) => resolve({ status, body: said }), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
