export { followLiveBuilds } from './live-builds.ts';
export { buildQueryApi, type QueryApiParts } from './query-api.ts';
export { QueryServiceSettings } from './settings.ts';
