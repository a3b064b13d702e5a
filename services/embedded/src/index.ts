export { apiDocuments } from './api-documents.ts';
export { type EmbeddedParts, startEmbedded } from './embedded.ts';
export { EmbeddedSettings } from './settings.ts';
