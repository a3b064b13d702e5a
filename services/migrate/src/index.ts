export { type Migration, migrate } from './migrate.ts';
export { MigrateSettings } from './settings.ts';
