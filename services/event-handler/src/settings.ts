import { serverUrl, serviceSettings, settings, text } from '@daybook/service';
import { z } from 'zod';

/** How mail is sent. */
export const mailSettings = {
  SMTP_URL: serverUrl('The mail server.', { schemes: ['smtp', 'smtps'], preset: 'smtp://127.0.0.1:1025' }),
  MAIL_FROM: text('Who mail is from.', 'no-reply@daybook.example'),
  MAIL_DOMAIN: text('Makes an address of an actor who gave only a name: ann is ann@ this domain.', 'daybook.example'),
};

/** The configuration of the event-handler service. */
export const EventHandlerSettings = z.object({
  ...serviceSettings(8096),
  EVENT_STORE_URL: settings.EVENT_STORE_URL,
  EVENT_STORE_LISTEN_URL: settings.EVENT_STORE_LISTEN_URL,
  ...mailSettings,
});
