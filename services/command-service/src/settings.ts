import { serviceSettings, settings, wholeNumber } from '@daybook/service';
import { z } from 'zod';

/** The configuration of the command-service. */
export const CommandServiceSettings = z.object({
  ...serviceSettings(8092),
  EVENT_STORE_URL: settings.EVENT_STORE_URL,
  RABBITMQ_URL: settings.RABBITMQ_URL,
  PREFETCH: wholeNumber(
    'Commands of a context decided at once; as many again may be taken from the broker, and wait.',
    {
      min: 1,
      max: 65_535,
      preset: 256,
    },
  ),
  AGGREGATE_CACHE_MAX: wholeNumber('Aggregates kept in memory, for each context.', {
    min: 1,
    max: 10_000_000,
    preset: 10_000,
  }),
  AGGREGATE_IDLE_MS: wholeNumber('Milliseconds after which an aggregate that nobody used is forgotten.', {
    min: 1,
    max: 86_400_000,
    preset: 600_000,
  }),
  SNAPSHOT_EVERY: wholeNumber(
    'Events of an aggregate after which its state is stored, so that loading it reads only what came since; 0: never.',
    { min: 0, max: 1_000_000, preset: 500 },
  ),
});
