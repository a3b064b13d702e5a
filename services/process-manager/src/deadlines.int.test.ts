import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CommandBus,
  deadlineRows,
  dueCommandIdOf,
  type EventStore,
  groupOfDeadline,
  type NewEvent,
  type ReadStore,
  type ReceivedCommand,
  silent,
  streamIdOf,
} from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { type SupervisedService, supervise } from '@daybook/launcher';
import { expireUnsignedContract, loans } from '@daybook/loans';
import { freePort } from '@daybook/local-servers';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { eventually, startTestPostgres, startTestRabbitmq, type TestServer } from '@daybook/test-support';

const THIRTY_DAYS_MS = 30 * 86_400_000;
const table = deadlineRows(expireUnsignedContract, { CONTRACT_SIGNATURE_DAYS: 30 });

let servers: { events: TestServer; reads: TestServer; broker: TestServer };
let folder: string;
let service: SupervisedService;
let store: EventStore;
let rows: ReadStore;
let bus: CommandBus;
/** The commands that came, in place of the command-service, and when. */
const came: { received: ReceivedCommand; at: number }[] = [];

beforeAll(async () => {
  const [events, reads, broker] = await Promise.all([startTestPostgres(), startTestPostgres(), startTestRabbitmq()]);
  servers = { events, reads, broker };
  folder = mkdtempSync(join(tmpdir(), 'daybook-test-deadlines-'));
  bus = await connectRabbitmq({ url: broker.url, contexts: [loans], log: silent });
  await bus.consume('loans', async (received) => {
    came.push({ received, at: Date.now() });
    const error = { code: 'no', message: 'nobody decides here' };
    return { reply: { status: 'failed', command_id: received.commandId ?? '', error } };
  });
  store = await openEventStore({ url: events.url, log: silent });
  rows = connectPostgresReadStore({ url: reads.url, log: silent });
  const env = {
    EVENT_STORE_URL: events.url,
    READ_STORE_URL: reads.url,
    RABBITMQ_URL: broker.url,
    DEADLINE_POLL_MS: '50',
    HEALTH_PORT: String(await freePort()),
  };
  const policy = { maxRestarts: 1000, maxDelayMs: 200 };
  const script = 'services/process-manager/dist/main.js';
  service = supervise({ name: 'process-manager', script, env, logFile: join(folder, 'log'), policy });
  await service.ready();
}, 180_000);

afterAll(async () => {
  await service?.stop();
  await Promise.all([bus?.close(), store?.close(), rows?.close()]);
  await Promise.all(Object.values(servers ?? {}).map((server) => server.remove()));
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const streamOf = (id: string) => streamIdOf('loans', 'LoanContract', id);
const from = (id: string) => came.filter(({ received }) => String(received.body).includes(id));

function event(type: string, id: string, recordedAt = Date.now()): NewEvent {
  const metadata = {
    command_id: randomUUID(),
    causation_id: randomUUID(),
    correlation_id: `talk about ${id}`,
    schema_version: 1,
    recorded_at: new Date(recordedAt).toISOString(),
  };
  return { id: randomUUID(), type, data: { loan_application_uuid: id }, metadata };
}

/** Records a contract as if it had been issued so long ago that it falls due then. @param ms from now */
async function contractDueIn(ms: number, ...later: readonly string[]) {
  const id: string = randomUUID();
  const due = Date.now() + ms;
  const issued = event('LoanContractIssued', id, due - THIRTY_DAYS_MS);
  await store.append(streamOf(id), 'no-stream', [issued, ...later.map((type) => event(type, id))]);
  return { id, due, issued };
}

const expired = (id: string) => eventually('the contract is rejected', () => from(id).length > 0, 90_000);
const isKept = async (id: string) => (await rows.get(table, id)) !== undefined;

async function killService(): Promise<void> {
  const { pid } = service;
  service.kill('SIGKILL');
  await eventually('another process runs', () => service.pid !== undefined && service.pid !== pid);
}

test('a deadline survives the death of the service, and leads to one command, not before its time', async () => {
  const { id, due, issued } = await contractDueIn(5000);
  await eventually('it is kept', () => isKept(id));
  await killService();
  await expired(id);
  const [{ received, at }] = from(id) as [(typeof came)[number]];
  expect(at).toBeGreaterThanOrEqual(due);
  expect(received).toMatchObject({
    type: 'RejectContract',
    commandId: dueCommandIdOf({ event_id: issued.id }, 'ExpireUnsignedContract', 'RejectContract'),
    correlationId: `talk about ${id}`,
    causationId: issued.id,
    actor: 'ExpireUnsignedContract',
  });
  expect(JSON.parse(String(received.body))).toEqual({ loan_application_uuid: id, reason: 'expired' });
}, 120_000);

test('a signed contract does not expire', async () => {
  const signed = await contractDueIn(5000, 'ContractSigned');
  const other = await contractDueIn(5100);
  await expired(other.id);
  expect(from(signed.id)).toEqual([]);
}, 120_000);

test('what was sent is not sent again: not at the next look, not for later events, not after a restart', async () => {
  const { id } = await contractDueIn(0);
  await expired(id);
  await eventually('it is marked', async () => !(await isKept(id)));
  const times = from(id).length;
  await store.append(streamOf(id), 0, [event('CommandRejected', id)]);
  await killService();
  const other = await contractDueIn(0);
  await expired(other.id);
  expect(from(id)).toHaveLength(times);
}, 120_000);

test.each(['reads', 'broker'] as const)(
  'while the server of %s is away, what is due waits; the service goes on',
  async (name) => {
    await service.ready();
    const { pid } = service;
    const kept = await contractDueIn(3000);
    await eventually('it is kept', () => isKept(kept.id));
    await servers[name].kill();
    const unknown = await contractDueIn(0);
    await eventually('the service notices', () =>
      service.ready(1).then(
        () => false,
        () => true,
      ),
    );
    await servers[name].start();
    await Promise.all([expired(kept.id), expired(unknown.id)]);
    expect(service.pid).toBe(pid);
    expect(await store.listParked(groupOfDeadline(expireUnsignedContract), 'loans')).toEqual([]);
  },
  150_000,
);
