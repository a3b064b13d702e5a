import { fileURLToPath } from 'node:url';
import { contexts } from '@daybook/contexts';
import { systemClock } from '@daybook/core';
import { runOnce } from '@daybook/service';
import { migrate } from './migrate.ts';
import { migrateSettings } from './settings.ts';

const migrations = fileURLToPath(new URL('../../../infra/migrations/event-store', import.meta.url));

await runOnce('migrate', migrateSettings(migrations), (config, log) =>
  migrate({
    eventStoreUrl: config.EVENT_STORE_URL,
    readStoreUrl: config.READ_STORE_URL,
    folder: config.MIGRATIONS_FOLDER,
    contexts,
    clock: systemClock,
    log,
  }),
);
