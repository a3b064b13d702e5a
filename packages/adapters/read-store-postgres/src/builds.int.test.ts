import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { applyProjection, type Build, type Fold, NotLive, type RowProjection, silent } from '@daybook/core';
import { InMemoryEventStore } from '@daybook/in-memory';
import { eventually, startTestPostgres, type TestServer } from '@daybook/test-support';
import { recordedEvents } from '@daybook/testing';
import pg from 'pg';
import { z } from 'zod';
import { connectPostgresReadStore, createReadModels, type PostgresReadStore } from './index.ts';

let server: TestServer;
let rows: PostgresReadStore;
let client: pg.Client;

beforeAll(async () => {
  server = await startTestPostgres();
  rows = connectPostgresReadStore({ url: server.url, log: silent });
  client = new pg.Client(server.url);
  await client.connect();
}, 120_000);

afterAll(async () => {
  await client.end();
  await rows.close();
  await server.remove();
}, 60_000);

const last: Fold = { initial: null, evolve: (_, { data }) => (data as { to: string }).to };

/** Where lifts are, under a name of a test's own. Later versions have another column in place of `to`. */
function liftsOf(name: string, version = 1): RowProjection {
  const column = version === 1 ? 'to' : 'floor';
  return {
    name,
    version,
    row: z.object({ lift_id: z.string(), [column]: z.string() }),
    key: 'lift_id',
    folds: { Lift: last },
    combine: (lift_id, { Lift }) => ({ lift_id, [column]: Lift }),
    list: { filters: [column], orderBy: column },
  };
}

const migrate = (...projections: RowProjection[]) =>
  createReadModels({ url: server.url, contexts: [{ name: 'house', projections }], log: silent });
const move = (projection: RowProjection, lift: string, ...to: string[]) =>
  applyProjection(
    projection,
    recordedEvents(...to.map((one) => [`house-Lift-${lift}`, { type: 'Moved', data: { to: one } }] as const)),
    { rows, store: new InMemoryEventStore() },
  );
const buildsOf = async (name: string) => (await rows.builds.list()).filter((build) => build.name === name);
const statesOf = async (name: string) =>
  (await buildsOf(name)).map(({ version, build, state }) => `v${version} ${build} ${state}`);
const shown = async (name: string) => (await client.query(`select * from read_models."${name}"`)).rows as unknown[];
const begun = async (projection: RowProjection) => {
  const { build } = await rows.builds.begin('house', projection);
  return { build, projection: { ...projection, build: build.build } };
};
const yes = async () => true;

test('migrations: a first version is live, a raised one is built beside it, what nobody wants any more is given up', async () => {
  const states = [];
  for (const version of [1, 1, 2, 2, 3, 1, 3]) {
    await migrate(liftsOf('migrated', version));
    states.push((await statesOf('migrated')).join(', '));
  }
  expect(states).toEqual([
    'v1 1 live',
    'v1 1 live',
    'v1 1 live, v2 1 building',
    'v1 1 live, v2 1 building',
    'v1 1 live, v2 1 abandoned, v3 1 building',
    'v1 1 live, v2 1 abandoned, v3 1 abandoned',
    'v1 1 live, v2 1 abandoned, v3 1 abandoned, v3 2 building',
  ]);
});

test('tables that a service keeps for itself have no builds', async () => {
  await createReadModels({ url: server.url, contexts: [], internal: [liftsOf('own')], log: silent });
  await move(liftsOf('own'), 'a', 'roof');
  expect([await statesOf('own'), (await rows.get(liftsOf('own'), 'a'))?.row]).toEqual([
    [],
    { lift_id: 'a', to: 'roof' },
  ]);
});

test('one at a time is built; another one has tables of its own', async () => {
  const lifts = liftsOf('twice');
  await migrate(lifts);
  const both = await Promise.all([rows.builds.begin('house', lifts), rows.builds.begin('house', lifts)]);
  expect(both.map((one) => one.begun).sort()).toEqual([false, true]);
  expect(both.map((one) => one.build.build)).toEqual([2, 2]);
  await move({ ...lifts, build: 2 }, 'a', 'roof');
  expect(await shown('twice')).toEqual([]);
  expect([await rows.builds.abandon('twice'), await rows.builds.abandon('twice')]).toEqual([true, false]);
  expect((await rows.builds.begin('house', lifts)).build.build).toBe(3);
});

test('while a build takes over, nothing is written to the live one, and it answers; then only the new one does', async () => {
  const [before, after] = [liftsOf('switched'), liftsOf('switched', 2)];
  await migrate(before);
  const live = { ...before, build: 1 };
  await move(live, 'a', '1st');
  const { build, projection } = await begun(after);
  await move(projection, 'a', '1st', '2nd');
  await expect(rows.get(projection, 'a')).rejects.toThrow(NotLive);

  let written = false;
  let writing: Promise<unknown> = Promise.resolve();
  const switched = await rows.builds.switchTo(build, async () => {
    writing = move(live, 'a', '1st', '2nd').then(() => {
      written = true;
    });
    for (let n = 0; n < 20; n++) expect((await rows.get(live, 'a'))?.row).toEqual({ lift_id: 'a', to: '1st' });
    expect(written).toBe(false);
    return true;
  });
  await writing;
  expect(switched).toBe(true);
  expect(await statesOf('switched')).toEqual(['v1 1 retired', 'v2 1 live']);
  await expect(rows.get(live, 'a')).rejects.toThrow(NotLive);
  await expect(rows.list(live, { filters: {}, limit: 1 })).rejects.toThrow(NotLive);
  expect((await rows.get(projection, 'a'))?.row).toEqual({ lift_id: 'a', floor: '2nd' });
  expect(await rows.get(projection, 'nobody')).toBeUndefined();
  expect(await shown('switched')).toEqual([{ lift_id: 'a', floor: '2nd' }]);
});

test('a build that is not there yet, or is given up, does not take over; two at once: one of them does', async () => {
  const lifts = liftsOf('refused');
  await migrate(lifts);
  const { build } = await begun(lifts);
  expect(await rows.builds.switchTo(build, async () => false)).toBe(false);
  await move({ ...lifts, build: 1 }, 'a', '1st');
  await expect(rows.builds.switchTo(build, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await statesOf('refused')).toEqual(['v1 1 live', 'v1 2 building']);

  const outcomes = await Promise.all([rows.builds.switchTo(build, yes), rows.builds.switchTo(build, yes)]);
  expect(outcomes.sort()).toEqual([false, true]);
  const { build: third } = await begun(lifts);
  await rows.builds.abandon('refused');
  expect(await rows.builds.switchTo(third, yes)).toBe(false);
  expect(await statesOf('refused')).toEqual(['v1 1 retired', 'v1 2 live', 'v1 3 abandoned']);
});

test('who stands on the view keeps it when it gets no other columns', async () => {
  const lifts = liftsOf('granted');
  await migrate(lifts);
  await client.query('create view read_models.on_top as select "to" from read_models.granted');
  const { build, projection } = await begun(lifts);
  await move(projection, 'a', 'roof');
  expect(await rows.builds.switchTo(build, yes)).toBe(true);
  expect(await shown('on_top')).toEqual([{ to: 'roof' }]);
});

test('a process that is killed while a build takes over leaves all as it was', async () => {
  const lifts = liftsOf('killed');
  await migrate(lifts);
  const { build } = await begun(lifts);
  const script = `
    import { connectPostgresReadStore } from ${JSON.stringify(join(__dirname, '../dist/index.js'))};
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const { builds } = connectPostgresReadStore({ url: process.argv[1], log });
    const build = (await builds.list()).find(({ name, state }) => name === 'killed' && state === 'building');
    await builds.switchTo(build, async () => { console.log('held'); await new Promise((r) => setTimeout(r, 60000)); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, server.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface(child.stdout), 'line');
  expect(await rows.builds.switchTo(build, yes)).toBe(false);
  const writing = move({ ...lifts, build: 1 }, 'a', '1st');
  child.kill('SIGKILL');
  await writing;
  expect(await statesOf('killed')).toEqual(['v1 1 live', 'v1 2 building']);
  expect(await rows.builds.switchTo(build, yes)).toBe(true);
}, 30_000);

test('rows of a version that no code knows are read by what is stored of it', async () => {
  await migrate(liftsOf('forgotten'));
  for (const [lift, to] of [
    ['a', '1st'],
    ['b', '2nd'],
    ['c', '1st'],
  ] as const) {
    await move({ ...liftsOf('forgotten'), build: 1 }, lift, to);
  }
  const [{ stored }] = (await buildsOf('forgotten')) as [Build];
  expect((await rows.get(stored as RowProjection, 'b'))?.row).toEqual({ lift_id: 'b', to: '2nd' });
  const first = await rows.list(stored, { filters: { to: '1st' }, limit: 1 });
  const second = await rows.list(stored, { filters: { to: '1st' }, limit: 1, cursor: first.next });
  expect([...first.rows, ...second.rows].map(({ lift_id }) => lift_id)).toEqual(['a', 'c']);
});

test('what ended is dropped, once and for all; a reader that comes late is told', async () => {
  const lifts = liftsOf('dropped');
  await migrate(lifts);
  const { build } = await begun(lifts);
  await rows.builds.drop(build);
  expect(await statesOf('dropped')).toEqual(['v1 1 live', 'v1 2 building']);
  await rows.builds.switchTo(build, yes);
  const [former] = (await buildsOf('dropped')) as [Build];
  expect(former.endedForMs).toBeGreaterThanOrEqual(0);
  await Promise.all([rows.builds.drop(former), rows.builds.drop(former)]);
  await rows.builds.drop(former);
  expect(await statesOf('dropped')).toEqual(['v1 2 live']);
  await expect(rows.get({ ...lifts, build: 1 }, 'a')).rejects.toThrow(NotLive);
  const { rows: left } = await client.query(
    `select from pg_tables where schemaname = 'read_models' and tablename = 'dropped_v1'`,
  );
  expect(left).toHaveLength(0);
});

test('every change is told', async () => {
  const lifts = liftsOf('told');
  await migrate(lifts);
  let told = 0;
  const watching = rows.builds.watch(() => told++);
  await eventually('it listens', () => told > 0);
  const changes = [
    () => rows.builds.begin('house', lifts),
    () => rows.builds.abandon('told'),
    () => rows.builds.begin('house', lifts),
    async () => rows.builds.switchTo((await buildsOf('told')).at(-1) as Build, yes),
  ];
  for (const change of changes) {
    told = 0;
    await change();
    await eventually('told', () => told > 0);
  }
  await watching.close();
});
