import { portNumber, serviceSettings, settings, wholeNumber } from '@daybook/service';
import { z } from 'zod';

/** The configuration of the command-gateway. */
export const CommandGatewaySettings = z.object({
  // Longer than a request may wait for its outcome.
  ...serviceSettings(8090, 20_000),
  PORT: portNumber('The HTTP API.', 8080),
  RABBITMQ_URL: settings.RABBITMQ_URL,
  READ_STORE_URL: settings.READ_STORE_URL,
  READ_STORE_LISTEN_URL: settings.READ_STORE_LISTEN_URL,
  MAX_WAITING: settings.MAX_WAITING,
  MAX_CONNECTIONS: settings.MAX_CONNECTIONS,
  REQUEST_TIMEOUT_MS: wholeNumber('Milliseconds that a request waits for the outcome of its command.', {
    min: 100,
    max: 300_000,
    preset: 10_000,
  }),
});
