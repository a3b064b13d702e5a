import { loadAppOrExit } from '@daybook/app';
import { systemClock } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { runService } from '@daybook/service';
import { startProcessManagers } from './process-manager-service.ts';
import { processManagerSettings } from './settings.ts';

const { contexts } = await loadAppOrExit();

await runService('process-manager', processManagerSettings(contexts), async (config, log) => {
  const store = await openEventStore({
    url: config.EVENT_STORE_URL,
    listenUrl: config.EVENT_STORE_LISTEN_URL,
    log,
    applicationName: 'process-manager',
  });
  const bus = await connectRabbitmq({
    url: config.RABBITMQ_URL,
    contexts,
    log,
    appId: 'process-manager',
  });
  const rows = connectPostgresReadStore({ url: config.READ_STORE_URL, listenUrl: config.READ_STORE_LISTEN_URL, log });
  const service = await startProcessManagers({
    contexts,
    store,
    rows,
    bus,
    clock: systemClock,
    log,
    settings: config,
    deadlinePollMs: config.DEADLINE_POLL_MS,
  });
  return {
    ready: {
      event_store: () => store.ping(),
      read_store: () => rows.ping(),
      command_bus: () => bus.ping(),
      histories: () => service.check(),
    },
    async stop() {
      await service.stop();
      await bus.close();
      await rows.close();
      await store.close();
    },
  };
});
