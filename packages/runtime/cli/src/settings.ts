import { commonSettings, settings } from '@daybook/service';
import { z } from 'zod';

/** The configuration of the command line: where the servers are, under the same names as for the services. */
export const CliSettings = z.object({
  NODE_ENV: commonSettings.NODE_ENV,
  EVENT_STORE_URL: settings.EVENT_STORE_URL,
  EVENT_STORE_LISTEN_URL: settings.EVENT_STORE_LISTEN_URL,
  READ_STORE_URL: settings.READ_STORE_URL,
  READ_STORE_LISTEN_URL: settings.READ_STORE_LISTEN_URL,
  RABBITMQ_URL: settings.RABBITMQ_URL,
});
