import { createApi, listen } from '@daybook/http';
import { runService } from '@daybook/service';
import { startMailCatcher } from '@daybook/smtp-sink';
import { CaughtMail, MailCatcherSettings } from './settings.ts';

await runService('mail-catcher', MailCatcherSettings, async (config, log) => {
  const catcher = await startMailCatcher({ port: config.SMTP_PORT, host: config.HOST });
  const api = await createApi({ title: 'Daybook mail catcher', description: 'Mail that was caught, not sent.', log });
  const schema = { summary: 'The mails that were caught, the oldest first', response: { 200: CaughtMail.array() } };
  api.get('/mails', { schema }, () => catcher.mails);
  const http = await listen(api, { port: config.PORT, host: config.HOST });
  log.info({ smtp: catcher.url, mails: `${http.url}/mails` }, 'mail is caught');
  return {
    ready: {},
    async stop() {
      await catcher.stop();
      await http.stop();
    },
  };
});
