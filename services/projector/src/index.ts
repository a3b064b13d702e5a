export { type ConsumerDependencies, startConsumers } from './consumers.ts';
export { type ProjectorDependencies, startProjector } from './projector.ts';
export { ProjectorSettings } from './settings.ts';
