import { contexts } from '@daybook/contexts';
import { systemClock } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { createInMemoryCommandBus } from '@daybook/in-memory';
import { connectPostgresReadStore } from '@daybook/read-store-postgres';
import { runService } from '@daybook/service';
import { connectSmtp } from '@daybook/smtp';
import { startEmbedded } from './embedded.ts';
import { EmbeddedSettings } from './settings.ts';

const NOTICE =
  'embedded mode: all services in one process, commands in memory only. A command that nobody answered yet is lost when the process ends; events and read models are not. For trying things out, not for production';

await runService('embedded', EmbeddedSettings, async (config, log) => {
  log.warn({}, NOTICE);
  const store = await openEventStore({ url: config.EVENT_STORE_URL, log, applicationName: 'embedded' });
  const rows = connectPostgresReadStore({ url: config.READ_STORE_URL, log });
  const mailer = connectSmtp({ url: config.SMTP_URL, from: config.MAIL_FROM, domain: config.MAIL_DOMAIN });
  const bus = createInMemoryCommandBus({ log });
  const services = await startEmbedded({
    contexts,
    bus,
    store,
    rows,
    builds: rows.builds,
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
    ready: { event_store: () => store.ping(), read_store: () => rows.ping() },
    async stop() {
      await services.stop();
      await rows.close();
      await mailer.close();
      await store.close();
    },
  };
});
