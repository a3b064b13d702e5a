import type { Log } from '@daybook/core';
import { createApi, listen } from '@daybook/http';
import { KEPT, startMailCatcher } from './mail-catcher.ts';
import { CaughtMail } from './settings.ts';

/** Where to listen. */
export interface MailCatcherServiceOptions {
  /** Of the mail server; 0: the system chooses one. */
  readonly smtpPort: number;
  /** Of the HTTP API; 0: the system chooses one. */
  readonly port: number;
  readonly host: string;
  readonly log: Log;
}

/** The mail server, and the API that shows what it caught. @throws Error when a port is taken */
export async function startMailCatcherService({ smtpPort, port, host, log }: MailCatcherServiceOptions) {
  const catcher = await startMailCatcher({ port: smtpPort, host });
  const api = await createApi({
    title: 'Daybook mail catcher',
    description: `Mail that was caught, not sent. No more than the last ${KEPT} are kept.`,
    url: 'http://127.0.0.1:8025',
    log,
  });
  const schema = {
    summary: `The mails that were caught, the oldest first: the last ${KEPT}`,
    response: { 200: CaughtMail.array() },
  };
  api.get('/mails', { schema }, () => catcher.mails);
  const http = await listen(api, { port, host });
  return {
    smtpUrl: catcher.url,
    mailsUrl: `${http.url}/mails`,
    async stop(): Promise<void> {
      await catcher.stop();
      await http.stop();
    },
  };
}
