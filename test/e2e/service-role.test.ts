import { randomUUID } from 'node:crypto';
import { silent } from '@daybook/core';
import { loanApplications } from '@daybook/loans';
import { findPgbouncer } from '@daybook/local-servers';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { eventually, migrate, startEmptyPostgres, startTestPgbouncer, type TestServer } from '@daybook/test-support';
import pg from 'pg';
import { Applicant } from './applicant.ts';
import { connectPlainClient, type PlainClient } from './plain-amqp.ts';
import { startTestSystem, type TestSystem } from './system.ts';

// Services that may only do what they have to, as docs/guides/operating.md says how, and, where there is a PgBouncer, by way
// of one in transaction mode.

const ROLE = 'daybook_service';
let system: TestSystem;
let client: PlainClient;
/** Of the schema's owner. */
let ownerUrl: string;
/** What the services connect with, past the pooler. */
let serviceUrl: string;

beforeAll(async () => {
  system = await startTestSystem({ startPostgres: startGuardedPostgres });
  client = await connectPlainClient(system.rabbitmqUrl);
}, 180_000);

afterAll(async () => {
  await client?.close();
  await system?.stop();
}, 60_000);

async function startGuardedPostgres(): Promise<TestServer> {
  const server = await startEmptyPostgres();
  ownerUrl = server.url;
  const owner = new pg.Client(ownerUrl);
  await owner.connect();
  await owner.query(`create role ${ROLE} login password 'of-the-services'`);
  await owner.query(`grant create on database daybook to ${ROLE}`);
  await owner.end();
  const url = new URL(server.url);
  url.username = ROLE;
  url.password = 'of-the-services';
  serviceUrl = url.href;
  await migrate(server.url, { READ_STORE_URL: serviceUrl, EVENT_STORE_SERVICE_ROLE: ROLE });
  // Again: nothing is different.
  await migrate(server.url, { READ_STORE_URL: serviceUrl, EVENT_STORE_SERVICE_ROLE: ROLE });
  if (findPgbouncer() === undefined) return { ...server, url: serviceUrl };
  const pooler = await startTestPgbouncer(serviceUrl, 'transaction');
  return {
    ...server,
    url: pooler.url,
    async remove() {
      await pooler.remove();
      await server.remove();
    },
  };
}

test('a loan goes through its life', async () => {
  const applicant = new Applicant(system, client);
  const id = randomUUID();
  expect(await applicant.request(id)).toMatchObject({ status: 'accepted' });
  await applicant.reaches(id, 'pending_submission');
  await applicant.send('SubmitLoanRequest', id);
  await applicant.reaches(id, 'pending_review');
  await applicant.send('ApproveLoan', id);
  await applicant.reaches(id, 'pending_signature');
  await applicant.send('SignContract', id);
  await applicant.reaches(id, 'signed');
}, 120_000);

test('a query that is to include a command waits for it', async () => {
  const loan_application_uuid = randomUUID();
  const response = await fetch(`${system.gatewayUrl}/commands/loans/RequestLoan`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'consistency=strong' },
    body: JSON.stringify({ loan_application_uuid, amount: 1000, duration: 12 }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('daybook-consistency')).toBe('strong');
  const found = await fetch(`${system.queryUrl}/loans/loan-applications/${loan_application_uuid}`);
  expect(found.status).toBe(200);
}, 60_000);

test('a read model is built anew, and takes the place of the former one', async () => {
  const { builds, close } = connectPostgresReadStore({ url: serviceUrl, log: silent });
  const { build } = await builds.begin('loans', loanApplications);
  await eventually('it is live', async () =>
    (await builds.list()).some((one) => one.name === build.name && one.build === build.build && one.state === 'live'),
  );
  await close();
}, 60_000);

test.each([
  `insert into event_store.events select * from event_store.events limit 1`,
  `update event_store.events set type = 'Forged'`,
  `delete from event_store.events`,
  `truncate event_store.events`,
  `delete from event_store.feed_locks`,
  `alter table event_store.events disable trigger append_only`,
  `set session_replication_role = replica`,
  `drop table event_store.events`,
  `drop schema event_store cascade`,
  `create table event_store.mine (n int)`,
  `create or replace function event_store.refuse_change() returns trigger language plpgsql as 'begin return null; end'`,
])('with the credentials of the services it is refused: %s', async (statement) => {
  const service = new pg.Client(serviceUrl);
  await service.connect();
  try {
    await expect(service.query(statement)).rejects.toMatchObject({ code: '42501' });
  } finally {
    await service.end();
  }
});

test('a role that does not exist is named', async () => {
  const migrating = migrate(ownerUrl, { EVENT_STORE_SERVICE_ROLE: 'nobody_knows', READ_STORE_URL: serviceUrl });
  await expect(migrating).rejects.toMatchObject({ stdout: expect.stringContaining("there is no role 'nobody_knows'") });
});
