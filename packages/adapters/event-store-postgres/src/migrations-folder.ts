import { fileURLToPath } from 'node:url';

/**
 * The folder of this package with the migrations of the event store's schema, for node-pg-migrate. They are recorded by
 * name in `daybook_migrations`: one that was released is never changed, the next gets a new number.
 */
export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));
