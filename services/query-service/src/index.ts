export { buildQueryApi, type QueryApiDependencies } from './query-api.ts';
export { QueryServiceSettings } from './settings.ts';
