import { portNumber, serviceSettings, settings } from '@daybook/service';
import { z } from 'zod';

/** The configuration of the query-service. */
export const QueryServiceSettings = z.object({
  ...serviceSettings(8091),
  PORT: portNumber('The HTTP API.', 8081),
  READ_STORE_URL: settings.READ_STORE_URL,
  EVENT_STORE_URL: settings.EVENT_STORE_URL,
});
