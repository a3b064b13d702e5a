import { loadAppOrExit } from '@daybook/app';
import { systemClock } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { runService } from '@daybook/service';
import { connectSmtp } from '@daybook/smtp';
import { mayMail, startEventHandlers } from './event-handler-service.ts';
import { EventHandlerSettings } from './settings.ts';

const { contexts, effects = {} } = await loadAppOrExit();

await runService('event-handler', EventHandlerSettings, async (config, log) => {
  const store = await openEventStore({
    url: config.EVENT_STORE_URL,
    listenUrl: config.EVENT_STORE_LISTEN_URL,
    log,
    applicationName: 'event-handler',
  });
  const mailer = connectSmtp({ url: config.SMTP_URL, from: config.MAIL_FROM, domain: config.MAIL_DOMAIN });
  const service = await startEventHandlers({
    ...{ contexts, store, mailer, effects },
    clock: systemClock,
    graceMs: config.SHUTDOWN_TIMEOUT_MS / 3,
  });
  const mailServer = mayMail(contexts) ? { mail_server: () => mailer.ping() } : {};
  return {
    ready: { event_store: () => store.ping(), ...mailServer },
    async stop() {
      await service.stop();
      await mailer.close();
      await store.close();
    },
  };
});
