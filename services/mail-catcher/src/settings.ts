import { portNumber, serviceSettings } from '@daybook/service';
import { z } from 'zod';

/** The configuration of the mail catcher. */
export const MailCatcherSettings = z.object({
  ...serviceSettings(8097),
  PORT: portNumber('The HTTP API.', 8025),
  SMTP_PORT: portNumber('Where mail is handed in.', 1025),
});

/** A mail as the API shows it. */
export const CaughtMail = z.object({
  messageId: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
});
