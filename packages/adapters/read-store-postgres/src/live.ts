import { buildNameOf, MalformedMessage, NotLive, type Projection } from '@daybook/core';
import { type Database, isDataError, isMissingTable, type Statement } from '@daybook/postgres';
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

/**
 * Runs a statement that has the condition; where it gives nothing, asks why.
 * @param asked names the values that the statement was given, for who sent them
 * @throws MalformedMessage `invalid_<asked>` for a value that no row can have; NotLive; Unavailable
 */
export async function queryLive<Row extends object>(
  database: Database,
  projection: Projection,
  statement: Statement,
  asked: string,
): Promise<Row[]> {
  try {
    const rows = await database.query<Row>(statement);
    if (rows.length > 0 || projection.build === undefined) return rows;
  } catch (error) {
    if (isDataError(error)) {
      throw new MalformedMessage(
        `invalid_${asked}`,
        `no row of ${projection.name} can have the ${asked} that is asked for`,
      );
    }
    if (projection.build !== undefined && isMissingTable(error)) throw new NotLive(buildNameOf(projection));
    throw error;
  }
  const [now] = await database.query<{ live: boolean }>({ text: `select ${whileLive(projection)} as live` });
  if (now?.live !== true) throw new NotLive(buildNameOf(projection));
  return [];
}
