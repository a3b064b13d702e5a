export { buildQueryApi, type QueryApiParts } from './query-api.ts';
export { QueryServiceSettings } from './settings.ts';
