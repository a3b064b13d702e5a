export { type CommandServiceParts, startCommandService } from './command-service.ts';
export { CommandServiceSettings } from './settings.ts';
