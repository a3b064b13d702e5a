import { contexts } from '@daybook/contexts';
import { systemClock } from '@daybook/core';
import { openEventStore } from '@daybook/event-store';
import { runService } from '@daybook/service';
import { connectSmtp } from '@daybook/smtp';
import { startEventHandlers } from './event-handler-service.ts';
import { EventHandlerSettings } from './settings.ts';

await runService('event-handler', EventHandlerSettings, async (config, log) => {
  const store = await openEventStore({ url: config.EVENT_STORE_URL, log, applicationName: 'event-handler' });
  const mailer = connectSmtp({ url: config.SMTP_URL, from: config.MAIL_FROM, domain: config.MAIL_DOMAIN });
  const service = await startEventHandlers({ contexts, store, mailer, clock: systemClock });
  return {
    ready: { event_store: () => store.ping(), mail_server: () => mailer.ping() },
    async stop() {
      await service.stop();
      await mailer.close();
      await store.close();
    },
  };
});
