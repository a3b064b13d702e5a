import { contexts } from '@daybook/contexts';
import { systemClock } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { runService } from '@daybook/service';
import { startProjector } from './projector.ts';
import { ProjectorSettings } from './settings.ts';

await runService('projector', ProjectorSettings, async (config, log) => {
  const store = await openEventStore({ url: config.EVENT_STORE_URL, log, applicationName: 'projector' });
  const rows = connectPostgresReadStore({ url: config.READ_STORE_URL, log });
  const service = startProjector({
    contexts,
    store,
    rows,
    builds: rows.builds,
    clock: systemClock,
    log,
    batchSize: config.BATCH_SIZE,
    keepMs: config.BUILD_KEEP_MS,
  });
  return {
    ready: { event_store: () => store.ping(), read_store: () => rows.ping() },
    async stop() {
      await service.stop();
      await rows.close();
      await store.close();
    },
  };
});
