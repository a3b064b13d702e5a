import { commonSettings, settings, text } from '@daybook/service';
import { z } from 'zod';

/** The configuration of the job. @param migrationsFolder where the repository has the event store's migrations */
export function migrateSettings(migrationsFolder: string) {
  return z.object({
    ...commonSettings,
    EVENT_STORE_URL: settings.EVENT_STORE_URL,
    READ_STORE_URL: settings.READ_STORE_URL,
    MIGRATIONS_FOLDER: text("The event store's migrations.", migrationsFolder),
  });
}
