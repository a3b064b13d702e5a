import { randomUUID } from 'node:crypto';
import { type EventStore, silent } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { eventually, migrate, startEmptyPostgres } from '@daybook/test-support';
import amqp from 'amqplib';
import pg from 'pg';
import { type Servers, startServers, type WatchedService } from './one-service.ts';
import { connectPlainClient, type PlainClient } from './plain-amqp.ts';

// Whatever is wrong with a database, it is no message's fault: everything waits, nothing is parked, and it goes on by itself.

/** What asks a database as soon as it is started. */
const ASKING = ['process-manager', 'projector', 'event-handler', 'query-service', 'command-gateway'];
const SERVICES = [...ASKING, 'command-service', 'mail-catcher'];
const DATABASE = 'daybook';
const READ_MODEL = '/loans/loan-applications';

let servers: Servers;
let services: Record<string, WatchedService>;
let client: PlainClient;
let store: EventStore;
/** Of each server, on another database than the services'. */
let admins: Record<'events' | 'rows', pg.Client>;

beforeAll(async () => {
  servers = await startServers({ startPostgres: startEmptyPostgres });
  services = Object.fromEntries(
    await Promise.all(SERVICES.map(async (name) => [name, await servers.begin(name)] as const)),
  );
  store = await openEventStore({ url: servers.events.url, log: silent });
  admins = {
    events: await connectTo(servers.events.url, 'postgres'),
    rows: await connectTo(servers.rows.url, 'postgres'),
  };
}, 180_000);

afterAll(async () => {
  await client?.close();
  await store?.close();
  await Promise.all(Object.values(admins ?? {}).map((admin) => admin.end()));
  await servers?.remove();
}, 60_000);

async function connectTo(server: string, database: string): Promise<pg.Client> {
  const url = new URL(server);
  url.pathname = `/${database}`;
  const connected = new pg.Client(url.href);
  connected.on('error', () => {});
  await connected.connect();
  return connected;
}

/** What a service has logged that contains a text, after so many lines. */
function linesWith(service: WatchedService | undefined, text: string, from = 0): readonly string[] {
  const lines = service?.log().slice(from) ?? [];
  return lines.map((line) => JSON.stringify(line)).filter((line) => line.includes(text));
}

const query = (path: string) => fetch(`${servers.queryUrl}${path}`);
const rowOf = async (id: string) => (await query(`${READ_MODEL}/${id}`)).status === 200;
const request = (id: string) => client.send('RequestLoan', { loan_application_uuid: id, amount: 1000, duration: 12 });

test('services that were started before migrate wait, say what to run, and go on after it', async () => {
  await eventually('each of them says what to run', () =>
    ASKING.every((name) => linesWith(services[name], "run 'daybook migrate'").length > 0),
  );
  const connection = await amqp.connect(servers.broker.url);
  connection.on('error', () => {});
  await eventually('the command-service takes commands', async () => {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    return (await channel.checkQueue('commands.loans.0')).consumerCount > 0;
  });
  await connection.close();
  client = await connectPlainClient(servers.broker.url);
  const id = randomUUID();
  let answered = false;
  const reply = request(id).finally(() => {
    answered = true;
  });
  await eventually('the command waits', () =>
    linesWith(services['command-service'], 'the command is delayed').some((line) =>
      line.includes("run 'daybook migrate'"),
    ),
  );
  for (const name of ['command-service', 'projector', 'query-service', 'process-manager']) {
    expect(await services[name]?.health('/readyz')).toBe(503);
    expect(await services[name]?.health('/livez')).toBe(200);
  }
  const refused = await query(`${READ_MODEL}/${id}`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(answered).toBe(false);

  await migrate(servers.events.url, { READ_STORE_URL: servers.rows.url });
  expect(await reply).toMatchObject({ status: 'accepted' });
  await Promise.all(Object.values(services).map((service) => service.ready()));
  await eventually('its row is there', () => rowOf(id));
}, 120_000);

const terminate = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${DATABASE}' and pid <> pg_backend_pid()`;

/** What may be wrong: how it is done, and put right, in the services' database or outside of it. */
interface Wrong {
  readonly harm: readonly string[];
  readonly mend: readonly string[];
  readonly from: 'outside' | 'inside';
}

const outside = (harm: string, mend: string): Wrong => ({
  harm: [harm, terminate],
  mend: [mend, terminate],
  from: 'outside',
});
const inside = (harm: string, mend: string): Wrong => ({ harm: [harm], mend: [mend], from: 'inside' });

const ANYWHERE: Record<string, Wrong> = {
  'takes no connections': outside(
    `alter database ${DATABASE} allow_connections false`,
    `alter database ${DATABASE} allow_connections true`,
  ),
  'lets nobody log in': outside('alter role daybook nologin', 'alter role daybook login'),
  'knows another password': outside(
    `alter role daybook password 'other'`,
    `alter role daybook password 'development-only'`,
  ),
  'only reads': outside(
    `alter database ${DATABASE} set default_transaction_read_only = on`,
    `alter database ${DATABASE} reset default_transaction_read_only`,
  ),
  'is called otherwise': {
    harm: [
      `alter database ${DATABASE} allow_connections false`,
      terminate,
      `alter database ${DATABASE} rename to gone`,
    ],
    mend: [`alter database gone rename to ${DATABASE}`, `alter database ${DATABASE} allow_connections true`],
    from: 'outside',
  },
};
const IN_EVENTS: Record<string, Wrong> = {
  ...ANYWHERE,
  'has no schema': inside('alter schema event_store rename to gone', 'alter schema gone rename to event_store'),
  'has no table of events': inside(
    'alter table event_store.events rename to gone',
    'alter table event_store.gone rename to events',
  ),
  'lacks a column': inside(
    'alter table event_store.events rename column bucket to gone',
    'alter table event_store.events rename column gone to bucket',
  ),
  'lacks the function': inside(
    'alter function event_store.append(text, json, text) rename to gone',
    'alter function event_store.gone(text, json, text) rename to append',
  ),
  'has a trigger that refuses': inside(
    `create function public.refuse() returns trigger language plpgsql as 'begin raise exception ''closed''; end';
     create trigger refusing before insert on event_store.events for each statement execute function public.refuse()`,
    'drop trigger refusing on event_store.events; drop function public.refuse()',
  ),
};

async function apply(on: 'events' | 'rows', { from }: Wrong, statements: readonly string[]): Promise<void> {
  const connected = from === 'outside' ? admins[on] : await connectTo(servers[on].url, DATABASE);
  for (const statement of statements) await connected.query(statement);
  if (from === 'inside') await connected.end();
}

test.each(Object.entries(IN_EVENTS))(
  'an event store that %s is waited for',
  async (_what, wrong) => {
    const known = randomUUID();
    expect(await request(known)).toMatchObject({ status: 'accepted' });
    const service = services['command-service'];
    const before = service?.log().length ?? 0;
    await apply('events', wrong, wrong.harm);
    let answered = 0;
    const fresh = randomUUID();
    const replies = [request(fresh), client.send('SubmitLoanRequest', { loan_application_uuid: known })].map((reply) =>
      reply.finally(() => answered++),
    );
    // Each of them says so the first time and the second.
    await eventually('both wait', () => linesWith(service, 'the command is delayed', before).length >= 4);
    expect(answered).toBe(0);
    await apply('events', wrong, wrong.mend);
    for (const reply of await Promise.all(replies)) expect(reply).toMatchObject({ status: 'accepted' });
    await eventually('the rows follow', async () => (await rowOf(fresh)) && (await rowOf(known)));
  },
  60_000,
);

const IN_ROWS: Record<string, Wrong> = {
  ...ANYWHERE,
  'has no schema': inside('alter schema read_models rename to gone', 'alter schema gone rename to read_models'),
  'lacks a table': inside(
    'alter table read_models.loan_applications_v1 rename to gone',
    'alter table read_models.gone rename to loan_applications_v1',
  ),
  'lacks a column': inside(
    'alter table read_models.loan_applications_v1 rename column amount to gone',
    'alter table read_models.loan_applications_v1 rename column gone to amount',
  ),
};

test.each(Object.entries(IN_ROWS))(
  'a read store that %s is waited for',
  async (what, wrong) => {
    const projector = services.projector;
    const before = projector?.log().length ?? 0;
    await apply('rows', wrong, wrong.harm);
    const id = randomUUID();
    expect(await request(id)).toMatchObject({ status: 'accepted' });
    await eventually('the projector waits', () => linesWith(projector, 'events are delayed', before).length > 0);
    if (what !== 'only reads') {
      const refused = await query(`${READ_MODEL}/${id}`);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    }
    await apply('rows', wrong, wrong.mend);
    await eventually('its row is there', () => rowOf(id));
  },
  60_000,
);

test('in all that time nothing was parked, and no service had to start again', async () => {
  expect(await store.listParkedGroups('loans')).toEqual([]);
  const connection = await amqp.connect(servers.broker.url);
  const channel = await connection.createChannel();
  expect((await channel.checkQueue('commands.loans.parked')).messageCount).toBe(0);
  await connection.close();
  for (const service of Object.values(services)) expect(linesWith(service, '"service starts"')).toHaveLength(1);
}, 60_000);
