import { portNumber, serviceSettings, settings, wholeNumber } from '@daybook/service';
import { z } from 'zod';

/** The configuration of the query-service. */
export const QueryServiceSettings = z.object({
  ...serviceSettings(8091),
  PORT: portNumber('The HTTP API.', 8081),
  READ_STORE_URL: settings.READ_STORE_URL,
  READ_STORE_LISTEN_URL: settings.READ_STORE_LISTEN_URL,
  EVENT_STORE_URL: settings.EVENT_STORE_URL,
  EVENT_STORE_LISTEN_URL: settings.EVENT_STORE_LISTEN_URL,
  MAX_WAIT_MS: wholeNumber('The longest that a query waits for a read model to include a token, milliseconds.', {
    min: 0,
    max: 300_000,
    preset: 10_000,
  }),
  MAX_WAITING: settings.MAX_WAITING,
  MAX_CONNECTIONS: settings.MAX_CONNECTIONS,
  MAX_LISTENERS: wholeNumber('Clients that follow live updates at once.', { min: 0, max: 100_000, preset: 1000 }),
});
