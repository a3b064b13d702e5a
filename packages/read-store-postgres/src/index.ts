import type { Log, Projection, ReadStore } from '@daybook/core';
import { connectDatabase, type DatabaseOptions } from '@daybook/postgres';
import { countByDay } from './count-rows.ts';
import { loadEntities, saveEntities } from './entities.ts';
import { getRow, listRows } from './query-rows.ts';
import { createStatements } from './tables.ts';

/** Read models in Postgres. Connects when it is first used. */
export function connectPostgresReadStore(
  options: Omit<DatabaseOptions, 'applicationName'> & { applicationName?: string },
): ReadStore {
  const database = connectDatabase({ applicationName: 'daybook', ...options });
  return {
    load: (projection, entityIds) => loadEntities(database, projection, entityIds),
    save: (projection, entities) => saveEntities(database, projection, entities),
    get: (projection, entityId) => getRow(database, projection, entityId),
    list: (projection, request) => listRows(database, projection, request),
    countByDay: (projection, count, days) => countByDay(database, projection, count, days),
    async ping() {
      await database.query({ text: 'select 1' });
    },
    close: () => database.close(),
  };
}

/**
 * Creates the tables of the projections, where they are missing. A one-shot, run before the services start.
 * @throws Unavailable; Error when two projections share a name
 */
export async function createReadModels({
  url,
  projections,
  log,
}: {
  url: string;
  projections: readonly Projection[];
  log: Log;
}): Promise<void> {
  const names = projections.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two projections are called ${twice}: their tables would be the same`);
  const database = connectDatabase({ url, applicationName: 'daybook migrate', log, maxConnections: 1 });
  try {
    // One migration at a time: 'create if not exists' alone fails when two run it at once.
    await database.query({ text: `select pg_advisory_lock(hashtext('daybook read models'))` });
    for (const text of projections.flatMap(createStatements)) await database.query({ text });
  } finally {
    await database.close();
  }
}
