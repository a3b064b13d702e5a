import { type BoundedContext, settingsOf } from '@daybook/core';
import { serviceSettings, settings, wholeNumber } from '@daybook/service';
import { z } from 'zod';

/** What process managers need beside the servers: how often to look for what is due, and what the deadlines depend on. */
export function deadlineSettings(contexts: readonly BoundedContext[]) {
  return {
    DEADLINE_POLL_MS: wholeNumber('Milliseconds between two looks for commands that have become due.', {
      min: 10,
      max: 3_600_000,
      preset: 1000,
    }),
    ...settingsOf(contexts.flatMap(({ deadlines }) => deadlines)),
  };
}

/** The configuration of the process-manager service. */
export function processManagerSettings(contexts: readonly BoundedContext[]) {
  return z.object({
    ...serviceSettings(8093),
    EVENT_STORE_URL: settings.EVENT_STORE_URL,
    EVENT_STORE_LISTEN_URL: settings.EVENT_STORE_LISTEN_URL,
    READ_STORE_URL: settings.READ_STORE_URL,
    READ_STORE_LISTEN_URL: settings.READ_STORE_LISTEN_URL,
    RABBITMQ_URL: settings.RABBITMQ_URL,
    ...deadlineSettings(contexts),
  });
}
