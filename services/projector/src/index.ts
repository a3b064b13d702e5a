export { type ProjectorParts, startProjector } from './projector.ts';
export { ProjectorSettings } from './settings.ts';
