import { contexts } from '@daybook/contexts';
import { openEventStore } from '@daybook/event-store';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { runService } from '@daybook/service';
import { startProjector } from './projector.ts';
import { ProjectorSettings } from './settings.ts';

await runService('projector', ProjectorSettings, async (config, log) => {
  const store = await openEventStore({ url: config.EVENT_STORE_URL, log, applicationName: 'projector' });
  const rows = connectPostgresReadStore({ url: config.READ_STORE_URL, log });
  const service = await startProjector({ contexts, store, rows, batchSize: config.BATCH_SIZE });
  return {
    ready: { event_store: () => store.ping(), read_store: () => rows.ping() },
    async stop() {
      await service.stop();
      await rows.close();
      await store.close();
    },
  };
});
