export { type ProcessManagerDependencies, startProcessManagers } from './process-manager-service.ts';
export { deadlineSettings, processManagerSettings } from './settings.ts';
