export { type EventHandlerDependencies, startEventHandlers } from './event-handler-service.ts';
export { EventHandlerSettings, mailSettings } from './settings.ts';
