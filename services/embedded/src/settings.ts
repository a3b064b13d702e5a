import type { BoundedContext } from '@daybook/core';
import { mailSettings } from '@daybook/event-handler';
import { deadlineSettings } from '@daybook/process-manager';
import { portNumber, serviceSettings, settings, wholeNumber } from '@daybook/service';
import { z } from 'zod';

/** The configuration of the embedded mode. */
export function embeddedSettings(contexts: readonly BoundedContext[]) {
  return z.object({
    // Longer than a request may wait for its outcome.
    ...serviceSettings(8095, 20_000),
    PORT: portNumber('The HTTP API that takes commands.', 8080),
    QUERY_PORT: portNumber('The HTTP API that answers queries.', 8081),
    EVENT_STORE_URL: settings.EVENT_STORE_URL,
    EVENT_STORE_LISTEN_URL: settings.EVENT_STORE_LISTEN_URL,
    READ_STORE_URL: settings.READ_STORE_URL,
    READ_STORE_LISTEN_URL: settings.READ_STORE_LISTEN_URL,
    ...mailSettings,
    REQUEST_TIMEOUT_MS: wholeNumber('Milliseconds that a request waits for the outcome of its command.', {
      min: 100,
      max: 300_000,
      preset: 10_000,
    }),
    ...deadlineSettings(contexts),
  });
}
