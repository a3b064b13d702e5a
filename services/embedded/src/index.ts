export { apiDocuments } from './api-documents.ts';
export { type EmbeddedDependencies, startEmbedded } from './embedded.ts';
export type { MovableClock } from './movable-clock.ts';
export { embeddedSettings } from './settings.ts';
export { startTestApp, type TestApp, type TestAppOptions } from './start-test-app.ts';
