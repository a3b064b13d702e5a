import { loadAppOrExit } from '@daybook/app';
import { systemClock } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { connectConsumers, connectPostgresReadStore } from '@daybook/read-store-postgres';
import { runService } from '@daybook/service';
import { startConsumers } from './consumers.ts';
import { startProjector } from './projector.ts';
import { ProjectorSettings } from './settings.ts';

const { contexts, consumers = [] } = await loadAppOrExit();

await runService('projector', ProjectorSettings, async (config, log) => {
  const store = await openEventStore({
    url: config.EVENT_STORE_URL,
    listenUrl: config.EVENT_STORE_LISTEN_URL,
    log,
    applicationName: 'projector',
  });
  const rows = connectPostgresReadStore({ url: config.READ_STORE_URL, listenUrl: config.READ_STORE_LISTEN_URL, log });
  const host = connectConsumers({ url: config.READ_STORE_URL, log });
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
  const own = startConsumers({ consumers, host, store, clock: systemClock, log });
  return {
    ready: {
      event_store: () => store.ping(),
      read_store: () => rows.ping(),
      consumers: () => own.check(),
      histories: () => service.check(),
    },
    async stop() {
      await own.stop();
      await host.close();
      await service.stop();
      await rows.close();
      await store.close();
    },
  };
});
