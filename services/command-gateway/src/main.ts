import { loadAppOrExit } from '@daybook/app';
import { followLiveBuilds, systemClock, watchLive } from '@daybook/core';
import { listen } from '@daybook/http';
import { connectRabbitmq } from '@daybook/rabbitmq';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { runService } from '@daybook/service';
import { buildGateway } from './gateway.ts';
import { CommandGatewaySettings } from './settings.ts';

const { contexts, gatewayRoutes: routes } = await loadAppOrExit();

await runService('command-gateway', CommandGatewaySettings, async (config, log) => {
  const bus = await connectRabbitmq({
    url: config.RABBITMQ_URL,
    contexts,
    log,
    appId: 'command-gateway',
  });
  const readStore = connectPostgresReadStore({
    url: config.READ_STORE_URL,
    listenUrl: config.READ_STORE_LISTEN_URL,
    log,
    applicationName: 'command-gateway',
  });
  const liveBuilds = followLiveBuilds(readStore.builds, { clock: systemClock, log });
  const rows = watchLive(readStore, liveBuilds);
  const { REQUEST_TIMEOUT_MS: timeoutMs, MAX_WAITING: maxWaiting, MAX_CONNECTIONS: maxConnections } = config;
  const connections = { maxConnections };
  const gateway = await buildGateway({ contexts, bus, log, timeoutMs, rows, maxWaiting, connections, routes });
  const api = await listen(gateway, { port: config.PORT, host: config.HOST });
  log.info({ url: api.url }, 'commands are taken');
  return {
    ready: { command_bus: () => bus.ping() },
    async stop() {
      await api.stop();
      await liveBuilds.stop();
      await readStore.close();
      await bus.close();
    },
  };
});
