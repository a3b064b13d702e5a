import { buildNameOf, NotLive, type Projection } from '@daybook/core';
import { type Database, isMissingTable, type Statement } from '@daybook/postgres';
import pg from 'pg';

/**
 * The condition that the build which a projection names is live, for the statement that reads its rows: one snapshot has
 * both, so that no reader, in whatever process, gets a row of a build that another has taken the place of.
 */
export function whileLive({ name, version, build }: Projection): string {
  if (build === undefined) return 'true';
  return `exists (
    select from read_models.builds
    where projection = ${pg.escapeLiteral(name)} and version = ${version} and build = ${build} and state = 'live')`;
}

/** Runs a statement that has the condition; where it gives nothing, asks why. @throws NotLive, Unavailable */
export async function queryLive<Row extends object>(
  database: Database,
  projection: Projection,
  statement: Statement,
): Promise<Row[]> {
  if (projection.build === undefined) return database.query<Row>(statement);
  try {
    const rows = await database.query<Row>(statement);
    if (rows.length > 0) return rows;
  } catch (error) {
    if (isMissingTable(error)) throw new NotLive(buildNameOf(projection));
    throw error;
  }
  const [asked] = await database.query<{ live: boolean }>({ text: `select ${whileLive(projection)} as live` });
  if (asked?.live !== true) throw new NotLive(buildNameOf(projection));
  return [];
}
