import { commonSettings, optionalText, settings } from '@daybook/service';
import { z } from 'zod';

/** The configuration of the job. */
export const MigrateSettings = z.object({
  ...commonSettings,
  EVENT_STORE_URL: settings.EVENT_STORE_URL,
  READ_STORE_URL: settings.READ_STORE_URL,
  EVENT_STORE_SERVICE_ROLE: optionalText(
    'The role that the services connect to the event store as, when it is not the owner of the schema: it is granted what they need.',
  ),
});
