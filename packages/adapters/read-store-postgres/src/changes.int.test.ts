import { awaitRevision, fold, projection, type ReadStore, silent } from '@daybook/core';
import { eventually, startTestPostgres, type TestServer } from '@daybook/test-support';
import pg from 'pg';
import { z } from 'zod';
import { connectPostgresReadStore, createReadModels } from './index.ts';

const lifts = projection({
  name: 'watched_lifts',
  version: 1,
  row: z.object({ lift_id: z.string() }),
  key: 'lift_id',
  folds: { Lift: fold({ initial: null, evolve: () => null }) },
  combine: (lift_id) => ({ lift_id }),
  list: { filters: [], orderBy: 'lift_id' },
});
const entity = (entityId: string, revision: number) => ({
  entityId,
  version: revision + 1,
  parts: { Lift: { revision, part: null } },
  put: [{ lift_id: entityId }],
  remove: [],
});

let server: TestServer;
let admin: pg.Client;
/** Of the projector. */
let writer: ReadStore;
/** Of the query-service. */
let reader: ReadStore;

beforeAll(async () => {
  server = await startTestPostgres();
  await createReadModels({ url: server.url, contexts: [], internal: [lifts], log: silent });
  writer = connectPostgresReadStore({ url: server.url, log: silent });
  reader = connectPostgresReadStore({ url: server.url, log: silent, applicationName: 'the reader' });
  admin = new pg.Client(server.url);
  await admin.connect();
}, 120_000);

afterAll(async () => {
  await admin.end();
  await Promise.all([reader.close(), writer.close()]);
  await server.remove();
}, 60_000);

/** Resolves at each change in turn. */
function changesOf(entityId: string | undefined) {
  let tell = () => {};
  let told = 0;
  const unwatch = reader.watch(lifts, entityId, () => {
    told++;
    tell();
  });
  return {
    unwatch,
    told: () => told,
    reaches: (count: number) =>
      new Promise<void>((resolve) => {
        tell = () => told >= count && resolve();
        tell();
      }),
  };
}

test('who watches an entity, or all, is told once of each save that wrote it, and of no other', async () => {
  const [one, all] = [changesOf('one'), changesOf(undefined)];
  // Told once at the start, when it listens.
  await Promise.all([one.reaches(1), all.reaches(1)]);
  await writer.save(lifts, [entity('other', 0)]);
  await writer.save(lifts, [entity('one', 0), entity('two', 0)]);
  await writer.save(lifts, [entity('one', 0)]);
  await writer.save(lifts, [entity('one', 1)]);
  await Promise.all([one.reaches(3), all.reaches(4)]);
  one.unwatch();
  await writer.save(lifts, [entity('one', 2)]);
  await all.reaches(5);
  expect([one.told(), all.told()]).toEqual([3, 5]);
  all.unwatch();
});

const token = (entityId: string, revision: number) => ({ context: 'house', aggregate: 'Lift', entityId, revision });
const never = () => new AbortController().signal;

test('a hundred wait, each for its own row, and are told', async () => {
  const ids = Array.from({ length: 100 }, (_, n) => `waited-${n}`);
  const waiting = ids.map((id) => awaitRevision(reader, lifts, token(id, 1), never()));
  for (const revision of [0, 1])
    await writer.save(
      lifts,
      ids.map((id) => entity(id, revision)),
    );
  expect(await Promise.all(waiting)).toEqual(ids.map(() => 1));
});

test('what is saved while the listening connection is lost is seen when it is back', async () => {
  let looks = 0;
  const counted: ReadStore = {
    ...reader,
    async load(...args) {
      const stored = await reader.load(...args);
      looks++;
      return stored;
    },
  };
  const waiting = awaitRevision(counted, lifts, token('cut', 0), never());
  await eventually('it was looked at, in vain', () => looks === 1);
  // No notification comes to a connection that is cut, and the row is saved before it is back: both in one transaction.
  await admin.query('begin');
  const { rowCount } = await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'the reader' and query like 'listen%'`,
  );
  await admin.query(
    `insert into read_models.watched_lifts_v1 (lift_id, _version, _parts, _present) values ('cut', 1, $1, true)`,
    [JSON.stringify({ Lift: { revision: 0, part: null } })],
  );
  await admin.query('commit');
  expect(rowCount).toBe(1);
  expect(await waiting).toBe(0);
});
