import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RecordedEvent, silent, streamIdOf } from '@daybook/core';
import { connectDatabase, type Database } from '@daybook/postgres';
import { freshContext, startTestPostgres, type TestServer } from '@daybook/test-support';
import { recordedEvents } from '@daybook/testing';
import { createGroup, type Membership, releaseLeases, renewLeases } from './leases.ts';
import { blockedEntities, finish } from './parked.ts';

let server: TestServer;
let database: Database;

beforeAll(async () => {
  server = await startTestPostgres();
  database = connectDatabase({ url: server.url, applicationName: 'test', log: silent });
}, 120_000);

afterAll(async () => {
  await database.close();
  await server.remove();
}, 60_000);

async function members(count: number, partitions: number): Promise<Membership[]> {
  const context = freshContext();
  await createGroup(database, 'group', context, partitions);
  return Array.from({ length: count }, () => ({ group: 'group', context, consumer: randomUUID(), partitions }));
}

test('partitions are shared evenly, and follow who comes and goes', async () => {
  const [one, two, three] = (await members(3, 16)) as [Membership, Membership, Membership];
  expect((await renewLeases(database, one, 5000)).leases).toHaveLength(16);
  expect((await renewLeases(database, two, 5000)).leases).toHaveLength(0);
  const { leases, share } = await renewLeases(database, one, 5000);
  expect([leases.length, share]).toEqual([16, 8]);
  await releaseLeases(
    database,
    one,
    leases.slice(8).map(({ partition }) => partition),
  );
  expect((await renewLeases(database, two, 5000)).leases).toHaveLength(8);
  await renewLeases(database, three, 5000);
  const shares = await Promise.all([one, two, three].map((member) => renewLeases(database, member, 5000)));
  expect(shares.map((renewed) => renewed.share).sort()).toEqual([5, 5, 6]);
});

test('a consumer that falls silent loses its partitions, and can no longer move a checkpoint or set anything aside', async () => {
  const [late, next] = (await members(2, 4)) as [Membership, Membership];
  const held = await renewLeases(database, late, 50);
  expect(held.leases.map(({ partition }) => partition)).toEqual([0, 1, 2, 3]);
  await sleep(100);
  expect((await renewLeases(database, next, 5000)).leases).toHaveLength(4);
  const [event] = recordedEvents([streamIdOf(late.context, 'Thing', '1'), { type: 'Happened', data: {} }]);
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
});

test('a group keeps the number of partitions that it was created with', async () => {
  const [{ context }] = (await members(1, 4)) as [Membership];
  expect(await createGroup(database, 'group', context, 16)).toBe(4);
});
