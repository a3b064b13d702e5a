import type { Builds, ReadStore } from '@daybook/core';
import { connectDatabase, type DatabaseOptions } from '@daybook/postgres';
import { createBuilds } from './builds.ts';
import { createChanges } from './changes.ts';
import { countByDay } from './count-rows.ts';
import { loadEntities, saveEntities } from './entities.ts';
import { getRow, listRows } from './query-rows.ts';

export { createReadModels } from './create-read-models.ts';

/** Read models, and the builds that they are kept in. */
export interface PostgresReadStore extends ReadStore {
  readonly builds: Builds;
}

/** Read models in Postgres. Connects when it is first used. */
export function connectPostgresReadStore({
  applicationName = 'daybook',
  ...options
}: Omit<DatabaseOptions, 'applicationName'> & { applicationName?: string }): PostgresReadStore {
  const { url, log } = options;
  const database = connectDatabase({ applicationName, ...options });
  const changes = createChanges({ url, log, applicationName });
  return {
    builds: createBuilds(database, { url, applicationName, log }),
    load: (projection, entityIds) => loadEntities(database, projection, entityIds),
    save: (projection, entities) => saveEntities(database, projection, entities),
    get: (projection, entityId) => getRow(database, projection, entityId),
    list: (projection, request) => listRows(database, projection, request),
    countByDay: (projection, count, days) => countByDay(database, projection, count, days),
    async ping() {
      await database.query({ text: 'select 1' });
    },
    watch: changes.watch,
    async close() {
      await changes.close();
      await database.close();
    },
  };
}
