export { type ProcessManagerServiceParts, startProcessManagers } from './process-manager-service.ts';
export { ProcessManagerSettings } from './settings.ts';
