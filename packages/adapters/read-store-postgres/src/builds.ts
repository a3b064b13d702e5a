import type { Build, Builds, Projection } from '@daybook/core';
import { type Database, type ListenOptions, listen, violatedConstraint } from '@daybook/postgres';
import { dropMarks } from './marks.ts';
import { type BuildRow, buildOf, definitionOf } from './stored-build.ts';
import { createTables, dropTables, pointView, tableOf } from './tables.ts';

const CHANNEL = 'read_model_builds';
/** Milliseconds to wait for those who write to the live build, and for those who read its view. */
const LOCK_TIMEOUT_MS = 3000;

const COLUMNS = `context, projection, version, build, state, definition, created_at,
  (extract(epoch from now() - ended_at) * 1000)::float8 as ended_for_ms`;
const BUILD = 'projection = $1 and version = $2 and build = $3';

type Query = Database['query'];

/** The registry of builds, in the table `read_models.builds`. */
export function createBuilds(database: Database, connection: Omit<ListenOptions, 'channel'>): Builds {
  return {
    list: () => listBuilds(database.query),
    async begin(context, projection) {
      try {
        const build = await database.transaction((query) => beginBuild(query, context, projection));
        return { build, begun: true };
      } catch (error) {
        if (violatedConstraint(error) === undefined) throw error;
      }
      const building = (await listBuilds(database.query)).find(
        ({ name, state }) => name === projection.name && state === 'building',
      );
      if (building === undefined) throw new Error(`${projection.name}: the running build has just ended; start again`);
      return { build: building, begun: false };
    },
    async abandon(name) {
      const gone = await database.query({
        text: `
          update read_models.builds set state = 'abandoned', ended_at = now()
          where projection = $1 and state = 'building' returning pg_notify('${CHANNEL}', '')`,
        values: [name],
      });
      return gone.length > 0;
    },
    switchTo: (build, holdsAll) => database.transaction((query) => switchTo(query, build, holdsAll)),
    drop: (build) => database.transaction((query) => dropBuild(query, build)),
    watch: (onChange) => listen({ ...connection, channel: CHANNEL }, onChange),
  };
}

/** Every build that has tables, the oldest first. */
export async function listBuilds(query: Query): Promise<Build[]> {
  const rows = await query<BuildRow>({
    text: `select ${COLUMNS} from read_models.builds where dropped_at is null order by projection, created_at, build`,
  });
  return rows.map(buildOf);
}

/** Creates the tables of a new build, and says so. @param state live: the view shows it at once */
export async function beginBuild(
  query: Query,
  context: string,
  projection: Projection,
  state: 'building' | 'live' = 'building',
): Promise<Build> {
  const { name, version } = projection;
  const [row] = await query<BuildRow>({
    text: `
      insert into read_models.builds (projection, version, build, context, state, definition)
      select $1, $2, coalesce(max(build), 0) + 1, $3, $4, $5 from read_models.builds where projection = $1 and version = $2
      returning ${COLUMNS}`,
    values: [name, version, context, state, JSON.stringify(definitionOf(projection))],
  });
  const build = buildOf(row as BuildRow);
  const numbered = { ...projection, build: build.build };
  for (const text of createTables(numbered)) await query({ text });
  if (state === 'live') await query({ text: pointView(numbered) });
  await notify(query);
  return build;
}

/**
 * Writers are held by a lock on the table that they all write; readers are not. Should this process die, the server undoes
 * all of it, and should it hang, too, since a transaction may not be idle for long.
 */
async function switchTo(query: Query, build: Build, holdsAll: () => Promise<boolean>): Promise<boolean> {
  const { name, version } = build;
  const rows = await query<BuildRow>({
    text: `
      select ${COLUMNS} from read_models.builds
      where projection = $1 and state in ('building', 'live') for update skip locked`,
    values: [name],
  });
  const [live] = rows.filter(({ state }) => state === 'live').map(buildOf);
  const due = rows.some((row) => row.state === 'building' && row.version === version && row.build === build.build);
  if (live === undefined || !due) return false;
  await query({ text: `set local lock_timeout = ${LOCK_TIMEOUT_MS}` });
  await query({ text: `lock table ${tableOf(live.stored).entities} in share mode` });
  if (!(await holdsAll())) return false;
  await query({
    text: `update read_models.builds set state = 'retired', ended_at = now() where ${BUILD}`,
    values: [name, live.version, live.build],
  });
  await query({
    text: `update read_models.builds set state = 'live', switched_at = now() where ${BUILD}`,
    values: [name, version, build.build],
  });
  await query({ text: pointView(build.stored) });
  await notify(query);
  return true;
}

async function dropBuild(query: Query, { name, version, build, stored }: Build): Promise<void> {
  const [ended] = await query({
    text: `
      select from read_models.builds
      where ${BUILD} and state in ('retired', 'abandoned') and dropped_at is null for update skip locked`,
    values: [name, version, build],
  });
  if (ended === undefined) return;
  await query({ text: `set local lock_timeout = ${LOCK_TIMEOUT_MS}` });
  await query({ text: dropTables(stored) });
  await dropMarks(query, stored);
  await query({
    text: `update read_models.builds set dropped_at = now() where ${BUILD}`,
    values: [name, version, build],
  });
}

/** It is told once the transaction is committed. */
async function notify(query: Query): Promise<void> {
  await query({ text: `select pg_notify('${CHANNEL}', '')` });
}
