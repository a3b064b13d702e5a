import { type BoundedContext, dueBuild, type Log, type Projection } from '@daybook/core';
import { connectDatabase, type Database } from '@daybook/postgres';
import { beginBuild, listBuilds } from './builds.ts';
import { adoptTables, CREATE_MARKS } from './marks.ts';
import { definitionOf } from './stored-build.ts';
import { createTables, pointView, tableOf } from './tables.ts';

const REGISTRY = [
  'create schema if not exists read_models',
  `create table if not exists read_models.builds (
    projection text not null,
    version integer not null,
    build integer not null,
    context text not null,
    state text not null check (state in ('building', 'live', 'retired', 'abandoned')),
    definition json not null, -- how its rows are stored, for code that does not know the version
    created_at timestamptz not null default now(),
    switched_at timestamptz,
    ended_at timestamptz,
    dropped_at timestamptz, -- its tables and its group are gone
    primary key (projection, version, build)
  )`,
  `create unique index if not exists builds_live on read_models.builds (projection) where state = 'live'`,
  `create unique index if not exists builds_building on read_models.builds (projection) where state = 'building'`,
];

/** What to create. */
export interface ReadModelsToCreate {
  readonly url: string;
  readonly contexts: readonly Pick<BoundedContext, 'name' | 'projections'>[];
  /** Tables that a service keeps for itself, and that are not rebuilt. */
  readonly internal?: readonly Projection[];
  readonly log: Log;
}

/**
 * Creates what is missing of the tables of all projections: a first version answers at once; another version than the one
 * that is live is built beside it. A one-shot, run before the services start.
 * @throws Unavailable; Error when two projections share a name
 */
export async function createReadModels({ url, contexts, internal = [], log }: ReadModelsToCreate): Promise<void> {
  const names = [...contexts.flatMap(({ projections }) => projections), ...internal].map(({ name }) => name);
  const twice = ['builds', ...names].find((name, index, all) => all.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two projections are called ${twice}: their tables would be the same`);
  const database = connectDatabase({ url, applicationName: 'daybook migrate', log, maxConnections: 2 });
  try {
    await database.transaction(async (query) => {
      // One migration at a time: 'create if not exists' alone fails when two run it at once.
      await query({ text: `select pg_advisory_xact_lock(hashtext('daybook read models'))` });
      for (const text of REGISTRY) await query({ text });
      await createMarks(query, internal);
      for (const text of [...internal.flatMap((one) => [...createTables(one), pointView(one)])]) {
        await query({ text });
      }
      for (const { name, projections } of contexts) {
        for (const projection of projections) await bringUpToDate(query, name, projection);
      }
    });
  } finally {
    await database.close();
  }
}

/** What was there before there were marks has none, and is taken for right. */
async function createMarks(query: Database['query'], internal: readonly Projection[]): Promise<void> {
  const [found] = await query<{ marks: string | null }>({
    text: `select to_regclass('read_models.marks')::text as marks`,
  });
  if (found?.marks != null) return;
  await query({ text: CREATE_MARKS });
  const known = [...(await listBuilds(query)).map(({ stored }) => stored), ...internal].map((one) => tableOf(one));
  const tables = await query<{ label: string }>({
    text: `select label from unnest($1::text[], $2::text[]) as known (label, name) where to_regclass(name) is not null`,
    values: [known.map(({ label }) => label), known.map(({ name }) => name)],
  });
  await query(adoptTables(tables.map(({ label }) => label)));
}

/** What is building of a version that nobody wants any more is given up: nobody would fill it. */
async function bringUpToDate(query: Database['query'], context: string, projection: Projection): Promise<void> {
  const { name, version } = projection;
  await query({
    text: `
      update read_models.builds set state = 'abandoned', ended_at = now()
      where projection = $1 and version <> $2 and state = 'building'`,
    values: [name, version],
  });
  const builds = (await listBuilds(query)).filter((build) => build.name === name);
  const due = dueBuild(builds, projection);
  if (due !== undefined) await beginBuild(query, context, projection, due);
  for (const { build } of builds.filter((one) => one.version === version && one.endedForMs === undefined)) {
    await addIndexes(query, { ...projection, build });
  }
}

/** Another way to list needs an index, but no other rows. */
async function addIndexes(query: Database['query'], projection: Projection): Promise<void> {
  for (const text of createTables(projection)) await query({ text });
  await query({
    text: 'update read_models.builds set definition = $4 where projection = $1 and version = $2 and build = $3',
    values: [projection.name, projection.version, projection.build, JSON.stringify(definitionOf(projection))],
  });
}
