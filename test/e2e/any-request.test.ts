import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { startTestApp, type TestApp } from '@daybook/embedded';
import fc from 'fast-check';
import app from '../../daybook.config.ts';
import { edges } from '../unit/any-value.ts';
import { commandsOf } from '../unit/histories.ts';
import { anyBody, anyRequest, ask, type Described, type Fitting, pathsOf } from './any-request.ts';

// Whatever is asked, over real connections and on a real database: the answer comes, and it is never our fault.

let daybook: TestApp;
const ID = '0c6f9a35-9c1a-4a0e-8f0e-3a4f27a3f7a1';

beforeAll(async () => {
  daybook = await startTestApp(app);
  const [loans, meetups, accounts] = ['loans', 'meetups', 'accounts'].map((name) =>
    app.contexts.find((one) => one.name === name),
  );
  for (const [context, type, data] of [
    [loans, 'RequestLoan', { loan_application_uuid: ID, amount: 1000, duration: 6 }],
    [meetups, 'CreateMeetup', { uuid: ID, title: 'a', date: '2026-05-01T18:00:00.000Z', host: 'b' }],
    [accounts, 'OpenAccount', { account_uuid: ID }],
    [accounts, 'RecordTransfer', { account_uuid: ID, amount: 5 }],
  ] as const) {
    if (context !== undefined) await daybook.send(context, { type, data } as never);
  }
}, 120_000);

afterAll(() => daybook.stop(), 60_000);

const known = [ID, ID.toUpperCase(), `loans-LoanRequest-${ID}`, 'a'];
const asked = (about: Described) =>
  pathsOf(about, [ID]).map((path): Fitting => ({ method: 'GET', path, body: undefined }));
const sent = () =>
  fc.constantFrom(...app.contexts).chain((context) =>
    commandsOf(context, edges).map(
      ({ type, data }): Fitting => ({
        method: 'POST',
        path: `/commands/${context.name}/${type}`,
        body: Buffer.from(JSON.stringify(data)),
      }),
    ),
  );
const services = [
  ['the query-service', () => daybook.queriesUrl, asked],
  ['the command-gateway', () => daybook.commandsUrl, sent],
] as const;

const described = async (url: string) => (await (await fetch(`${url}/openapi.json`)).json()) as Described;
const commands = fc.oneof(...app.contexts.map((context) => commandsOf(context, edges)));

describe.each(services)('%s', (_name, urlOf, fitting) => {
  test('answers any request, and is never the one to blame', async () => {
    const url = urlOf();
    const about = await described(url);
    const requests = anyRequest(about, known, anyBody(commands.map(({ data }) => data)), fitting(about));
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const { status, body } = await ask(url, request);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect({ request, status, body }).toEqual({ request, body, status: Math.min(status, 499) });
        // A refusal says why, and in one way.
        if (status >= 400 && request.method !== 'HEAD') expect(JSON.parse(body)).toMatchObject({ status });
      }),
      { numRuns: 2500 },
    );
    // It got somewhere: not all was refused at the door.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 404]));
  }, 180_000);

  test('answers any bytes, or ends the connection', async () => {
    const url = urlOf();
    const line = fc.constantFrom(
      'GET / HTTP/1.1\r\n',
      'POST /commands/loans/RequestLoan HTTP/1.1\r\n',
      'GET / HTTP/9\r\n',
      'PRI * HTTP/2.0\r\n\r\n',
    );
    const field = fc.constantFrom(
      'host: a\r\n',
      'content-length: 5\r\n',
      'content-length: -1\r\n',
      'content-length: 99999999999999999999\r\n',
      'transfer-encoding: chunked\r\n',
      'transfer-encoding: gzip, chunked\r\n',
      'content-type: application/json\r\n',
      'connection: upgrade\r\nupgrade: websocket\r\n',
      ': \r\n',
      'a b: c\r\n',
      'x: \0\r\n',
    );
    const rest = fc.oneof(
      fc.constantFrom('\r\n', '\r\n{}', '\r\n5\r\nabcde\r\n0\r\n\r\n', '\r\nzz\r\n', ''),
      fc.string({ unit: 'binary' }),
    );
    const bytes = fc
      .tuple(line, fc.array(field, { maxLength: 4 }), rest)
      .map(([first, fields, last]) => Buffer.from(first + fields.join('') + last));
    const anything = fc.oneof(
      bytes,
      fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (some) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        await once(socket, 'connect');
        socket.end(some);
        const said = await text(socket).catch(() => '');
        if (said !== '') expect(said).toMatch(/^HTTP\/1\.1 [1-4]\d\d /);
      }),
      { numRuns: 300 },
    );
  }, 180_000);
});

// A quadratic reading of a body of a megabyte would take longer than the test may.
test.each([
  ['one long text', (n: number) => JSON.stringify({ uuid: ID, title: 'a'.repeat(n) })],
  [
    'a text that is almost an email',
    (n: number) => JSON.stringify({ uuid: ID, account_uuid: ID, name: 'a', email: `${'a.'.repeat(n / 2)}@` }),
  ],
  [
    'a domain of many parts',
    (n: number) => JSON.stringify({ uuid: ID, account_uuid: ID, name: 'a', email: `a@${'a-'.repeat(n / 2)}` }),
  ],
  ['a date of many digits', (n: number) => JSON.stringify({ uuid: ID, date: `2026-01-01T00:00:00.${'0'.repeat(n)}` })],
  ['a date of many points', (n: number) => JSON.stringify({ uuid: ID, date: '.0000'.repeat(n / 5) })],
  ['an id of many dashes', (n: number) => JSON.stringify({ uuid: '-'.repeat(n) })],
  [
    'many names',
    (n: number) => JSON.stringify(Object.fromEntries(Array.from({ length: n / 20 }, (_, at) => [`name${at}`, at]))),
  ],
  ['many lists', (n: number) => '['.repeat(n / 2) + ']'.repeat(n / 2)],
  ['many objects', (n: number) => `${'{"a":'.repeat(n / 6)}1${'}'.repeat(n / 6)}`],
  ['many numbers', (n: number) => JSON.stringify({ uuid: Array.from({ length: n / 8 }, (_, at) => at) })],
  ['digits', (n: number) => `{"amount":${'1'.repeat(n)}}`],
  ['escapes', (n: number) => `{"title":"${'\\u0000'.repeat(n / 6)}"}`],
  ['spaces', (n: number) => `${' '.repeat(n)}{}`],
])('a body of a megabyte, of %s, is read in one go', async (_what, bodyOf) => {
  for (const path of [
    '/commands/meetups/AddAttendee',
    '/commands/meetups/RescheduleMeetup',
    '/commands/loans/RequestLoan',
  ]) {
    const request = {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(bodyOf(1_000_000)),
    };
    const { status, body } = await ask(daybook.commandsUrl, request);
    expect({ status, short: body.length < 20_000 }).toEqual({ status: 400, short: true });
  }
});
