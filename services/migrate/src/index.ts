export { type Migration, migrate } from './migrate.ts';
export { migrateSettings } from './settings.ts';
