export { type CommandServiceDependencies, startCommandService } from './command-service.ts';
export { CommandServiceSettings } from './settings.ts';
