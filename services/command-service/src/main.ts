import { loadAppOrExit } from '@daybook/app';
import { systemClock } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { runService } from '@daybook/service';
import { startCommandService } from './command-service.ts';
import { CommandServiceSettings } from './settings.ts';

const { contexts, middleware = [] } = await loadAppOrExit();

await runService('command-service', CommandServiceSettings, async (config, log) => {
  const store = await openEventStore({ url: config.EVENT_STORE_URL, log, applicationName: 'command-service' });
  const bus = await connectRabbitmq({
    url: config.RABBITMQ_URL,
    contexts,
    log,
    appId: 'command-service',
    prefetch: config.PREFETCH,
  });
  const service = await startCommandService({
    contexts,
    bus,
    store,
    clock: systemClock,
    log,
    middleware,
    cache: {
      max: config.AGGREGATE_CACHE_MAX,
      idleMs: config.AGGREGATE_IDLE_MS,
      snapshotEvery: config.SNAPSHOT_EVERY,
    },
    graceMs: config.SHUTDOWN_TIMEOUT_MS / 3,
  });
  return {
    ready: { event_store: () => store.ping(), command_bus: () => bus.ping() },
    async stop() {
      await service.stop();
      await bus.close();
      await store.close();
    },
  };
});
