import { randomUUID } from 'node:crypto';
import { accounts } from '@daybook/accounts';
import {
  type EventStore,
  foldRows,
  type GroupSubscription,
  groupOfProjection,
  type HistoriesDiffer,
  type Log,
  type Message,
  type RecordedEvent,
  repairRows,
  silent,
  systemClock,
} from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { connectDatabase } from '@daybook/postgres';
import { connectPostgresReadStore, type PostgresReadStore } from '@daybook/read-store-postgres';
import { copySchema, eventually, migrate, startTestPostgres, type TestServer } from '@daybook/test-support';
import { recordedEvents } from '@daybook/testing';
import { startProjector } from './projector.ts';

// Either store is put back to an earlier point, with projectors that are stopped meanwhile or go on.

let server: TestServer;
let store: EventStore;
let rows: PostgresReadStore;
let running: GroupSubscription[] = [];
let errors: string[] = [];

beforeEach(async () => {
  server = await startTestPostgres();
  store = await openEventStore({ url: server.url, log: silent });
  rows = connectPostgresReadStore({ url: server.url, log: silent });
  errors = [];
}, 120_000);

afterEach(async () => {
  await stopAll();
  await store.close();
  await rows.close();
  await server.remove();
}, 60_000);

const contexts = [accounts];

/** A projector with connections of its own, as another process would have them. */
async function start() {
  const log: Log = {
    ...silent,
    error: (fields, text) => void errors.push(`${text}: ${String((fields as { err?: Error }).err?.message)}`),
  };
  const its = await openEventStore({ url: server.url, log });
  const own = connectPostgresReadStore({ url: server.url, log });
  const projector = startProjector({ contexts, store: its, rows: own, builds: own.builds, clock: systemClock, log });
  running.push({
    check: () => projector.check(),
    async stop() {
      await projector.stop();
      await own.close();
      await its.close();
    },
  });
  return projector;
}

async function stopAll() {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
}

async function append(account: string, ...amounts: number[]) {
  for (const amount of amounts) {
    const streamId = `accounts-Account-${account}`;
    const [last] = await store.readBackwards(streamId, 'end', 1);
    const message: Message =
      last === undefined
        ? { type: 'AccountOpened', data: { account_uuid: account } }
        : { type: 'TransferRecorded', data: { account_uuid: account, amount } };
    const [event] = recordedEvents([streamId, message]) as [RecordedEvent];
    const metadata = { ...event.metadata, command_id: randomUUID() };
    await store.append(streamId, last?.revision ?? 'no-stream', [{ ...event, id: randomUUID(), metadata }]);
  }
}

const feed = () => store.readFeed('accounts', 0, 10_000);

/** Rows of every projection are the fold of the log. */
async function rowsAreTheFold() {
  const database = connectDatabase({ url: server.url, applicationName: 'test', log: silent });
  try {
    for (const projection of accounts.projections) {
      const wanted = [...foldRows(projection, await feed()).values()].flat();
      const found = await database.query<{ row: Record<string, unknown> }>({
        text: `select row_to_json(r) as row from read_models.${projection.name} r`,
      });
      const text = (row: Record<string, unknown>) => [row.account_uuid, row.number, row.amount, row.balance].join();
      expect([projection.name, found.map(({ row }) => text(row)).sort()]).toEqual([
        projection.name,
        wanted.map((row) => text(row)).sort(),
      ]);
    }
  } finally {
    await database.close();
  }
}

const caughtUp = () =>
  eventually('the groups have caught up', async () => {
    const all = await Promise.all(
      accounts.projections.map((one) => store.groupProgress(groupOfProjection(one), 'accounts')),
    );
    return all.every(({ done, head }) => done === head);
  });

async function repair() {
  for (const projection of accounts.projections) {
    const live = { ...projection, build: 1 };
    const group = { group: groupOfProjection(live), context: 'accounts' };
    await repairRows({ projection: live, group, rows, store });
  }
}

/** Of different partitions. */
const [a, b, c] = ['1', '2', '3'].map((digit) => '00000000-0000-4000-8000-00000000000'.concat(digit)) as [
  string,
  string,
  string,
];

describe.each(['stopped', 'running', 'running, and cut off'] as const)('with projectors that are %s', (how) => {
  async function putBack(schema: string, play: () => Promise<void>) {
    const copy = await copySchema(server.url, schema);
    await play();
    await caughtUp();
    if (how === 'stopped') await stopAll();
    await copy.putBack({ cut: how === 'running, and cut off' });
  }

  test('a read store that was put back is made whole from the log, also where nothing happens any more', async () => {
    await start();
    await append(a, 0, 20, 100);
    await caughtUp();
    await putBack('read_models', async () => {
      await append(a, 3);
      await append(b, 0, 7);
    });
    if (how === 'stopped') await start();
    // Without a word from the server the rows' loss shows when a partition changes hands.
    if (how === 'running') {
      await stopAll();
      await start();
    }
    await eventually('the rows', async () => {
      await caughtUp();
      await rowsAreTheFold();
      return true;
    });
    expect(errors).toEqual([]);
  }, 120_000);

  test('an event store that was put back, and went on otherwise, stops the groups until the rows are repaired', async () => {
    await start();
    await append(a, 0, 20);
    await append(c, 0, 1);
    await caughtUp();
    await putBack('event_store', async () => {
      await append(a, 100);
      await append(b, 0, 7);
    });
    // As many events as were lost, or more.
    await append(a, 2);
    await append(c, 5, 6, 7);
    const projector = how === 'stopped' ? await start() : (running[0] as GroupSubscription);
    const fault = await eventually('it is noticed', () =>
      projector.check().then(
        () => undefined,
        (error: HistoriesDiffer) => error,
      ),
    );
    expect(fault.code).toBe('histories_differ');
    expect(fault.message).toMatch(
      /both have position \d+.*counts at position 5 .*'daybook projections repair accounts\/account_/,
    );
    expect(errors.length).toBeGreaterThan(0);
    await repair();
    await eventually('it goes on', () => projector.check().then(() => true));
    await append(c, 8);
    await eventually('the rows', async () => {
      await caughtUp();
      await rowsAreTheFold();
      return true;
    });
  }, 120_000);
});

test('rows of a version that kept no marks are taken for right, and have marks from then on', async () => {
  await start();
  await append(a, 0, 20);
  await caughtUp();
  await stopAll();
  const database = connectDatabase({ url: server.url, applicationName: 'test', log: silent });
  await database.query({ text: 'drop table read_models.marks' });
  await migrate(server.url);
  const copy = await copySchema(server.url, 'event_store');
  await start();
  await eventually('it has marks', async () => {
    const found = await database.query({ text: 'select from read_models.marks where partition >= 0' });
    return found.length > 0;
  });
  await append(b, 0, 7);
  await caughtUp();
  await rowsAreTheFold();
  await stopAll();
  await copy.putBack();
  const projector = await start();
  await expect(
    eventually('it is noticed', () =>
      projector.check().then(
        () => undefined,
        (error: HistoriesDiffer) => error.code,
      ),
    ),
  ).resolves.toBe('histories_differ');
  await database.close();
}, 120_000);
