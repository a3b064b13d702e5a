import { loadAppOrExit } from '@daybook/app';
import { systemClock } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { createInMemoryCommandBus } from '@daybook/in-memory';
import { migrate } from '@daybook/migrate';
import { connectConsumers, connectPostgresReadStore, connectReadOnly } from '@daybook/read-store-postgres';
import { runService } from '@daybook/service';
import { connectSmtp } from '@daybook/smtp';
import { startEmbedded } from './embedded.ts';
import { embeddedSettings } from './settings.ts';

const NOTICE =
  'embedded mode: all services in one process, commands in memory only. A command that nobody answered yet is lost when the process ends; events and read models are not. For trying things out, not for production';

const app = await loadAppOrExit();

await runService('embedded', embeddedSettings(app.contexts), async (config, log) => {
  log.warn({}, NOTICE);
  await migrate({
    eventStoreUrl: config.EVENT_STORE_URL,
    readStoreUrl: config.READ_STORE_URL,
    ...app,
    clock: systemClock,
    log,
  });
  const store = await openEventStore({
    url: config.EVENT_STORE_URL,
    listenUrl: config.EVENT_STORE_LISTEN_URL,
    log,
    applicationName: 'embedded',
  });
  const rows = connectPostgresReadStore({ url: config.READ_STORE_URL, listenUrl: config.READ_STORE_LISTEN_URL, log });
  const consumerHost = connectConsumers({ url: config.READ_STORE_URL, log });
  const queryTools = connectReadOnly({ url: config.READ_STORE_URL, log });
  const mailer = connectSmtp({ url: config.SMTP_URL, from: config.MAIL_FROM, domain: config.MAIL_DOMAIN });
  const bus = createInMemoryCommandBus({ log });
  const services = await startEmbedded({
    ...app,
    bus,
    store,
    rows,
    builds: rows.builds,
    consumerHost,
    queryTools,
    mailer,
    clock: systemClock,
    log,
    host: config.HOST,
    ports: { commands: config.PORT, queries: config.QUERY_PORT },
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    settings: config,
    deadlinePollMs: config.DEADLINE_POLL_MS,
  });
  log.info({ commands: services.commandsUrl, queries: services.queriesUrl }, 'embedded services run');
  return {
    ready: {
      event_store: () => store.ping(),
      read_store: () => rows.ping(),
      consumers: () => services.checkConsumers(),
      histories: () => services.checkHistories(),
    },
    async stop() {
      await services.stop();
      await consumerHost.close();
      await queryTools.close();
      await rows.close();
      await mailer.close();
      await store.close();
    },
  };
});
