import { loadAppOrExit } from '@daybook/app';
import { systemClock } from '@daybook/core';
import { runOnce } from '@daybook/service';
import { migrate } from './migrate.ts';
import { MigrateSettings } from './settings.ts';

const { contexts, consumers = [] } = await loadAppOrExit();

await runOnce('migrate', MigrateSettings, (config, log) =>
  migrate({
    eventStoreUrl: config.EVENT_STORE_URL,
    readStoreUrl: config.READ_STORE_URL,
    serviceRole: config.EVENT_STORE_SERVICE_ROLE,
    contexts,
    consumers,
    clock: systemClock,
    log,
  }),
);
