import { loadAppOrExit } from '@daybook/app';
import { followLiveBuilds, systemClock } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { listen } from '@daybook/http';
import { connectPostgresReadStore, connectReadOnly } from '@daybook/read-store-postgres';
import { runService } from '@daybook/service';
import { buildQueryApi } from './query-api.ts';
import { QueryServiceSettings } from './settings.ts';

const { contexts, queryRoutes: routes } = await loadAppOrExit();

await runService('query-service', QueryServiceSettings, async (config, log) => {
  const store = await openEventStore({
    url: config.EVENT_STORE_URL,
    listenUrl: config.EVENT_STORE_LISTEN_URL,
    log,
    applicationName: 'query-service',
  });
  const rows = connectPostgresReadStore({ url: config.READ_STORE_URL, listenUrl: config.READ_STORE_LISTEN_URL, log });
  const readOnly = connectReadOnly({ url: config.READ_STORE_URL, log });
  const own = routes && { routes, tools: readOnly };
  const clock = systemClock;
  const liveBuilds = followLiveBuilds(rows.builds, { clock, log });
  const { MAX_WAIT_MS: maxWaitMs, MAX_WAITING: maxWaiting, MAX_LISTENERS: maxListeners } = config;
  const limits = { maxWaitMs, maxWaiting, maxListeners, connections: { maxConnections: config.MAX_CONNECTIONS } };
  const api = await listen(await buildQueryApi({ contexts, rows, liveBuilds, store, clock, log, limits, own }), {
    port: config.PORT,
    host: config.HOST,
  });
  log.info({ url: api.url }, 'queries are answered');
  return {
    ready: { event_store: () => store.ping(), read_store: () => rows.ping() },
    async stop() {
      await api.stop();
      await liveBuilds.stop();
      await readOnly.close();
      await rows.close();
      await store.close();
    },
  };
});
