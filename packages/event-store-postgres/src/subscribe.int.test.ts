import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EventStore,
  eventIdOf,
  MalformedMessage,
  type RecordedEvent,
  type Subscription,
  type SubscriptionOptions,
  silent,
  streamIdOf,
  Unavailable,
} from '@daybook/core';
import { connectDatabase } from '@daybook/postgres';
import { eventually, recordedEvents, startTestPostgres, type TestServer } from '@daybook/testing';
import { connectPostgresEventStore } from './index.ts';
import { createGroup, type Membership, renewLeases } from './leases.ts';
import { blockedEntities, finish } from './parked.ts';

let server: TestServer;
let store: EventStore;
let context: string;
let subscriptions: Subscription[];

beforeAll(async () => {
  server = await startTestPostgres();
  store = connect();
}, 120_000);

afterAll(async () => {
  await store.close();
  await server.stop();
}, 60_000);

beforeEach(() => {
  context = `test${randomUUID().replaceAll('-', '')}`;
  subscriptions = [];
});

afterEach(async () => {
  await Promise.all(subscriptions.map((one) => one.stop()));
});

const connect = () => connectPostgresEventStore({ url: server.url, log: silent, leaseMs: 600 });

async function append(entity: string, revision: number, data: unknown = {}): Promise<void> {
  const commandId = randomUUID();
  const metadata = {
    command_id: commandId,
    causation_id: commandId,
    correlation_id: commandId,
    schema_version: 1,
    recorded_at: '2026-01-01T00:00:00.000Z',
  };
  const event = { id: eventIdOf(commandId, 0), type: 'Happened', data, metadata };
  await store.append(streamIdOf(context, 'Thing', entity), revision === 0 ? 'no-stream' : revision - 1, [event]);
}

async function appendMany(entities: number, revisions: number): Promise<void> {
  for (let revision = 0; revision < revisions; revision++) {
    await Promise.all(Array.from({ length: entities }, (_, n) => append(String(n), revision)));
  }
}

async function subscribe(
  handle: SubscriptionOptions['handle'],
  more: Partial<SubscriptionOptions> = {},
  on = store,
): Promise<Subscription> {
  const subscription = await on.subscribe({ group: 'group', context, handle, retryDelayMs: 50, ...more });
  subscriptions.push(subscription);
  return subscription;
}

const nameOf = ({ streamId, revision }: RecordedEvent) => `${streamId.split('-')[2]}@${revision}`;

/** Each entity's revisions came in order, without a gap and without a repeat. */
function expectInOrder(seen: readonly RecordedEvent[], entities: number, revisions: number): void {
  for (let n = 0; n < entities; n++) {
    const mine = seen
      .filter(({ streamId }) => streamId === streamIdOf(context, 'Thing', String(n)))
      .map(({ revision }) => revision);
    expect(mine).toEqual(Array.from({ length: revisions }, (_, revision) => revision));
  }
}

test('a new group starts at the beginning, and follows', async () => {
  await appendMany(5, 2);
  const seen: RecordedEvent[] = [];
  await subscribe(async (events) => void seen.push(...events));
  await eventually('the past', () => seen.length === 10);
  await append('0', 2);
  await append('0', 3);
  await eventually('the new', () => seen.length === 12);
  expectInOrder(seen.slice(0, 10), 5, 2);
  await eventually('a checkpoint', async () => (await store.groupStatus('group', context)).lag === 0);
});

test('two consumers share the entities; each event once, each entity in order', async () => {
  const [one, two]: [RecordedEvent[], RecordedEvent[]] = [[], []];
  await subscribe(async (events) => void one.push(...events));
  await subscribe(async (events) => void two.push(...events));
  await sleep(1500); // both have their share
  await appendMany(60, 5);
  await eventually('all events', () => one.length + two.length === 300);
  expect(one.length).toBeGreaterThan(50);
  expect(two.length).toBeGreaterThan(50);
  expectInOrder([...one, ...two], 60, 5);
});

test('a stopped consumer finishes what is in hand, and the other goes on at once', async () => {
  const seen: RecordedEvent[] = [];
  let inHand = 0;
  const handle = async (events: readonly RecordedEvent[]) => {
    inHand++;
    await sleep(50);
    seen.push(...events);
    inHand--;
  };
  const first = await subscribe(handle, { batchSize: 10 });
  await appendMany(20, 3);
  await eventually('some', () => seen.length > 0);
  await first.stop();
  expect(inHand).toBe(0);
  expect(seen.length).toBeLessThan(60);
  await subscribe(handle, { batchSize: 10 });
  await eventually('the rest', () => seen.length >= 60);
  expectInOrder(seen, 20, 3);
});

test('a consumer that falls silent loses its partitions, and can no longer move a checkpoint or set anything aside', async () => {
  const database = connectDatabase({ url: server.url, applicationName: 'test', log: silent });
  const partitions = await createGroup(database, 'group', context, 4);
  const [late, next] = [randomUUID(), randomUUID()].map((consumer) => ({
    group: 'group',
    context,
    consumer,
    partitions,
  })) as [Membership, Membership];
  const held = await renewLeases(database, late, 50);
  expect(held.leases.map(({ partition }) => partition)).toEqual([0, 1, 2, 3]);
  await sleep(100);
  expect((await renewLeases(database, next, 5000)).leases).toHaveLength(4);
  const [event] = recordedEvents([streamIdOf(context, 'Thing', '1'), { type: 'Happened', data: {} }]);
  const aside = {
    event: event as RecordedEvent,
    entityId: '1',
    state: 'parked',
    attempts: 1,
    dueIn: 0,
    reason: '',
  } as const;
  const progress = held.leases.map((lease) => ({ ...lease, cursor: 7 }));
  expect(await finish(database, late, progress, [aside])).toEqual(new Set());
  expect(await blockedEntities(database, late, [0, 1, 2, 3])).toEqual([]);
  expect((await renewLeases(database, next, 5000)).leases.map(({ checkpoint }) => checkpoint)).toEqual([0, 0, 0, 0]);
  await database.close();
});

test('an event that fails is tried again, then parked with the reason; it holds back its entity, and nothing else', async () => {
  const attempts: string[] = [];
  const seen: string[] = [];
  await appendMany(3, 3);
  await subscribe(
    async (events) => {
      for (const event of events) {
        if (nameOf(event) === '1@1') {
          attempts.push(nameOf(event));
          throw new Error('can not digest');
        }
      }
      seen.push(...events.map(nameOf));
    },
    { maxAttempts: 3 },
  );
  const parked = await eventually('the parked event', async () => {
    const [one] = await store.listParked('group', context);
    return one;
  });
  expect(parked).toMatchObject({ attempts: 3, event: { streamId: streamIdOf(context, 'Thing', '1'), revision: 1 } });
  expect(parked.reason).toContain('can not digest');
  expect(attempts.length).toBe(4); // once in the batch, then three times alone
  await append('0', 3);
  await eventually('the others', () => seen.includes('0@3'));
  expect(seen.sort()).toEqual(['0@0', '0@1', '0@2', '0@3', '1@0', '2@0', '2@1', '2@2']);
  expect(await store.listParked('group', context)).toHaveLength(1);
});

test('an event that fails for a while is handled in the end, and what was held back follows in order', async () => {
  let healed = false;
  const seen: RecordedEvent[] = [];
  await appendMany(2, 4);
  await subscribe(
    async (events) => {
      if (!healed && events.some((event) => nameOf(event) === '1@1')) throw new Error('not now');
      seen.push(...events);
    },
    { maxAttempts: 100 },
  );
  await eventually('the healthy ones', () => seen.length === 5);
  healed = true;
  await eventually('all', () => seen.length === 8);
  expectInOrder(seen, 2, 4);
  await append('1', 4);
  await eventually('the entity is free again', () => seen.length === 9);
});

test('what can never be handled is parked at once', async () => {
  await append('1', 0);
  await subscribe(() => Promise.reject(new MalformedMessage('bad', 'no sense in it')));
  const [parked] = await eventually('parked', async () => {
    const all = await store.listParked('group', context);
    return all.length > 0 && all;
  });
  expect(parked?.attempts).toBe(1);
});

test('what is not available is waited for, however long, and counts against nobody', async () => {
  let up = false;
  const seen: RecordedEvent[] = [];
  await appendMany(3, 1);
  await subscribe(
    async (events) => {
      if (!up) throw new Unavailable('the read store', 'down');
      seen.push(...events);
    },
    { maxAttempts: 1 },
  );
  await sleep(1000);
  up = true;
  await eventually('all', () => seen.length === 3);
  expect(await store.listParked('group', context)).toEqual([]);
});

test('the server crashes and comes back: the subscription goes on', async () => {
  const seen = new Set<string>();
  await subscribe(async (events) => {
    for (const event of events) seen.add(nameOf(event));
  });
  await append('0', 0);
  await eventually('before', () => seen.size === 1);
  await server.kill();
  await sleep(300);
  await server.start();
  await eventually('an append', () => append('0', 1).then(() => true));
  await eventually('after', () => seen.size === 2);
}, 60_000);
