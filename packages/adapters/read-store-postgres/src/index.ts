import type { Builds, ReadStore } from '@daybook/core';
import { connectDatabase, type DatabaseOptions } from '@daybook/postgres';
import { createBuilds } from './builds.ts';
import { createChanges } from './changes.ts';
import { countByDay } from './count-rows.ts';
import { listEntities, loadEntities, saveEntities } from './entities.ts';
import { createClearing, loadMarks, replaceMarks } from './marks.ts';
import { getRow, listRows } from './query-rows.ts';

export { beginProcessManagers } from './begin-process-managers.ts';
export { type Consumers, connectConsumers, createConsumers } from './consumers.ts';
export { createReadModels } from './create-read-models.ts';
export type { InstanceFilter, ListedInstance } from './process-instances.ts';
export { connectReadOnly, type ReadOnly } from './read-only.ts';

/** Read models, and the builds that they are kept in. */
export interface PostgresReadStore extends ReadStore {
  readonly builds: Builds;
}

/** How to reach the read store. */
export interface PostgresReadStoreOptions extends Omit<DatabaseOptions, 'applicationName'> {
  /** A way to the same database past a pooler that carries no notifications; `url` when left out. */
  readonly listenUrl?: string | undefined;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
}

/** Read models in Postgres. Connects when it is first used. */
export function connectPostgresReadStore(given: PostgresReadStoreOptions): PostgresReadStore {
  const { applicationName = 'daybook', listenUrl, ...options } = given;
  const { url, log } = options;
  const database = connectDatabase({ applicationName, ...options });
  const connection = { url, listenUrl, applicationName, log };
  const changes = createChanges(connection);
  const clearMarks = createClearing(database);
  return {
    builds: createBuilds(database, connection),
    load: (projection, entityIds) => loadEntities(database, projection, entityIds),
    async save(projection, entities, marks = []) {
      const written = await saveEntities(database, projection, entities, marks);
      if (marks.length > 0) await clearMarks(projection);
      return written;
    },
    loadMarks: (projection) => loadMarks(database, projection),
    replaceMarks: (projection, change) => database.transaction((query) => replaceMarks(query, projection, change)),
    listEntities: (projection, after, limit) => listEntities(database, projection, after, limit),
    get: (projection, entityId) => getRow(database, projection, entityId),
    list: (projection, request) => listRows(database, projection, request),
    countByDay: (projection, count, days) => countByDay(database, projection, count, days),
    async ping() {
      await database.query({ text: 'select from read_models.builds limit 1' });
    },
    watch: changes.watch,
    async close() {
      await changes.close();
      await database.close();
    },
  };
}
