import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  applyProjection,
  eventIdOf,
  groupOfProcessManager,
  groupOfProjection,
  type NewEvent,
  type RecordedEvent,
  silent,
} from '@daybook/core';
import { InMemoryReadStore } from '@daybook/in-memory';
import { loanApplications, reviewLoanRequest } from '@daybook/loans';
import { commandQueuesOf, partitionOf, routingKeyOf } from '@daybook/rabbitmq';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { eventually } from '@daybook/test-support';
import amqp from 'amqplib';
import pg from 'pg';
import { type Servers, startServers, type WatchedService } from './one-service.ts';

/** Enough that it would show: 80 MB wait. */
const WAITING = 20_000;
const PADDING = ' '.repeat(4000);
/** What a command-service that is alone has taken from busy partitions: as many as it may begin at once, and as many again. */
const TAKEN = 2 * 256;
/** Before the outage, so that memory has the size that work needs. */
const WARM_UP = 5000;
/** Less than what waits; V8 leaves tens of megabytes of garbage lying as long as there is room. */
const MAY_GROW_MB = 64;
const PATIENCE_MS = 60_000;

let servers: Servers;
let broker: amqp.ChannelModel;
let channel: amqp.ConfirmChannel;

beforeAll(async () => {
  servers = await startServers();
  if (process.platform !== 'linux') console.warn('no /proc here: how much memory a service takes is not looked at');
}, 180_000);
afterAll(() => servers?.remove(), 60_000);

/** While `harm` lasts, the service says so, takes nothing more, and does not grow by what waits for it. */
async function outage(
  service: WatchedService,
  steps: { harm(): Promise<void>; pileUp(): Promise<void>; waits(): Promise<void>; heal(): Promise<void> },
): Promise<void> {
  await steps.harm();
  await eventually('it says that it is not ready', async () => (await service.health('/readyz')) === 503);
  const before = service.memory();
  await steps.pileUp();
  for (let look = 0; look < 10; look++) {
    await sleep(300);
    await steps.waits();
    expect(await service.health('/livez')).toBe(200);
    expect(await service.health('/readyz')).toBe(503);
    if (before !== undefined) expect(service.memory()).toBeLessThan(before + MAY_GROW_MB);
  }
  await steps.heal();
  await service.ready();
}

/** Appends loans in the event store, each in a stream of its own. @returns their ids */
async function appendLoans(count: number, ...types: string[]): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (let from = 0; from < count; from += 1000) {
    await Promise.all(
      ids.slice(from, from + 1000).map((id) =>
        servers.store.append(
          `loans-LoanRequest-${id}`,
          'no-stream',
          types.map((type, index) => eventOf(id, type, index)),
        ),
      ),
    );
  }
  return ids;
}

function eventOf(id: string, type: string, index: number): NewEvent {
  const data = { loan_application_uuid: id, amount: 1000, duration: 6, padding: PADDING };
  const ids = { command_id: id, causation_id: id, correlation_id: id };
  const metadata = { ...ids, schema_version: 1, recorded_at: new Date().toISOString() };
  return { id: eventIdOf(id, index), type, data, metadata };
}

const lagOf = async (group: string) => (await servers.store.groupStatus(group, 'loans')).lag;
const caughtUp = (group: string) =>
  eventually(`${group} has caught up`, async () => (await lagOf(group)) === 0, PATIENCE_MS);

test('the projector, with the read database away', async () => {
  const group = groupOfProjection(loanApplications);
  const projector = await servers.start('projector');
  await appendLoans(WARM_UP, 'LoanRequested');
  await caughtUp(group);
  await outage(projector, {
    harm: () => servers.rows.kill(),
    pileUp: async () => void (await appendLoans(WAITING, 'LoanRequested')),
    waits: async () => expect(await lagOf(group)).toBe(WAITING),
    heal: () => servers.rows.start(),
  });
  await caughtUp(group);
  await projector.stop();
  await expectRowsAreFolds(await servers.feedAfter(0));
}, 120_000);

async function expectRowsAreFolds(feed: readonly RecordedEvent[]): Promise<void> {
  const folds = new InMemoryReadStore();
  await applyProjection(loanApplications, feed, { rows: folds, store: servers.store });
  const rows = connectPostgresReadStore({ url: servers.rows.url, log: silent });
  for (const { metadata } of feed) {
    const id = metadata.command_id;
    expect(await rows.get(loanApplications, id)).toEqual(await folds.get(loanApplications, id));
  }
  await rows.close();
}

test('the process-manager, with the broker away', async () => {
  const group = groupOfProcessManager(reviewLoanRequest);
  const manager = await servers.start('process-manager');
  await caughtUp(group);
  // A quorum queue that is younger than its first write to disk does not survive a crash of RabbitMQ 3.10.
  await sleep(2000);
  const LOANS = WAITING / 2;
  let ids: string[] = [];
  await outage(manager, {
    harm: () => servers.broker.kill(),
    async pileUp() {
      ids = await appendLoans(LOANS, 'LoanRequested', 'LoanRequestSubmitted');
    },
    waits: async () => expect(await lagOf(group)).toBe(WAITING),
    heal: () => servers.broker.start(),
  });
  const [last] = (await servers.feedAfter(0)).slice(-1);
  const commands = await servers.start('command-service');
  await caughtUp(group);
  const followUps = await eventually(
    'every follow-up is decided',
    async () => {
      const events = await servers.feedAfter(last?.position ?? 0);
      return events.length >= LOANS && events;
    },
    PATIENCE_MS,
  );
  await Promise.all([commands.stop(), manager.stop()]);
  expect(new Set(followUps.map(({ type }) => type))).toEqual(new Set(['LoanReviewIssued']));
  expect(followUps.map(({ streamId }) => streamId).sort()).toEqual(ids.map((id) => `loans-LoanReview-${id}`).sort());
}, 120_000);

describe('the command-service', () => {
  beforeAll(async () => {
    broker = await amqp.connect(servers.broker.url, { noDelay: true });
    channel = await broker.createConfirmChannel();
  });
  afterAll(() => broker?.close());

  const waitingIn = async (queue: string) => (await channel.checkQueue(queue)).messageCount;

  async function waiting(): Promise<number> {
    let sum = 0;
    for (const queue of commandQueuesOf('loans')) sum += await waitingIn(queue);
    return sum;
  }

  /** @param keyOf the routing key by the loan's id. @returns the ids of the commands */
  async function publish(count: number, keyOf: (id: string) => string): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    for (const [n, id] of ids.entries()) {
      const data = JSON.stringify({ loan_application_uuid: id, amount: 1000, duration: 6 });
      const properties = { type: 'RequestLoan', messageId: id, persistent: true };
      channel.publish('commands', keyOf(id), Buffer.from(data + PADDING), properties);
      if (n % 1000 === 999) await channel.waitForConfirms();
    }
    await channel.waitForConfirms();
    return ids;
  }

  /** The event store is there, and answers nothing for as long as this connection holds its tables. */
  async function lockStore(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: servers.events.url });
    client.on('error', () => {});
    await client.connect();
    await client.query('begin; lock table event_store.feeds, event_store.events in access exclusive mode');
    return client;
  }

  let lock: pg.Client;
  const gone = { harm: () => servers.events.kill(), heal: () => servers.events.start() };
  const silentStore = {
    async harm() {
      lock = await lockStore();
    },
    heal: () => lock.end(),
  };

  const toPartition = (id: string) => routingKeyOf('loans', 'RequestLoan', partitionOf(id));
  const toBeForwarded = () => routingKeyOf('loans', 'RequestLoan');

  test.each([
    ['away', gone],
    ['silent', silentStore],
  ])(
    'with the event store %s',
    async (_how, { harm, heal }) => {
      const service = await servers.start('command-service');
      const [last] = (await servers.feedAfter(0)).slice(-1);
      const published = await publish(WARM_UP, toBeForwarded);
      // Not only taken: what a service has not begun when it is stopped goes back to the queue.
      const allDecided = async () => {
        await eventually('nothing waits', async () => (await waiting()) === 0, PATIENCE_MS);
        const decided = async () => (await servers.feedAfter(last?.position ?? 0)).length;
        await eventually('all are decided', async () => (await decided()) >= published.length, PATIENCE_MS);
      };
      await allDecided();
      await outage(service, {
        harm,
        async pileUp() {
          published.push(...(await publish(WAITING, toPartition)));
          await eventually('as much as may be taken is', async () => (await waiting()) <= WAITING - TAKEN);
        },
        waits: async () => expect(await waiting()).toBe(WAITING - TAKEN),
        heal,
      });
      await allDecided();
      await service.stop();
      expect(await waiting()).toBe(0);
      expect(await waitingIn('commands.loans.parked')).toBe(0);
      const outcomes = await servers.feedAfter(last?.position ?? 0);
      expect(outcomes.map(({ metadata }) => metadata.command_id).sort()).toEqual(published.sort());
    },
    120_000,
  );
});
