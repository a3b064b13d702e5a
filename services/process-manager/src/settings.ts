import { serviceSettings, settings } from '@daybook/service';
import { z } from 'zod';

/** The configuration of the process-manager service. */
export const ProcessManagerSettings = z.object({
  ...serviceSettings(8093),
  EVENT_STORE_URL: settings.EVENT_STORE_URL,
  RABBITMQ_URL: settings.RABBITMQ_URL,
});
