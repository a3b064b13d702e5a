import { serviceSettings, settings, wholeNumber } from '@daybook/service';
import { z } from 'zod';

/** The configuration of the projector. */
export const ProjectorSettings = z.object({
  ...serviceSettings(8094),
  EVENT_STORE_URL: settings.EVENT_STORE_URL,
  EVENT_STORE_LISTEN_URL: settings.EVENT_STORE_LISTEN_URL,
  READ_STORE_URL: settings.READ_STORE_URL,
  READ_STORE_LISTEN_URL: settings.READ_STORE_LISTEN_URL,
  BUILD_KEEP_MS: wholeNumber(
    'Milliseconds that the tables of a read model are kept when another build has taken their place, or theirs was given up.',
    { min: 0, max: 86_400_000, preset: 60_000 },
  ),
  BATCH_SIZE: wholeNumber('The most events folded into a read model in one go.', { min: 1, max: 10_000, preset: 500 }),
});
