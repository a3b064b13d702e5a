import { runService } from '@daybook/service';
import { startMailCatcherService } from './mail-catcher-service.ts';
import { MailCatcherSettings } from './settings.ts';

await runService('mail-catcher', MailCatcherSettings, async (config, log) => {
  const { HOST: host, PORT: port, SMTP_PORT: smtpPort } = config;
  const service = await startMailCatcherService({ smtpPort, port, host, log });
  log.info({ smtp: service.smtpUrl, mails: service.mailsUrl }, 'mail is caught');
  return { ready: {}, stop: () => service.stop() };
});
