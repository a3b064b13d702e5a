export { type ProcessManagerServiceParts, startProcessManagers } from './process-manager-service.ts';
export { deadlineSettings, ProcessManagerSettings } from './settings.ts';
