export { configFrom, InvalidConfiguration } from './config.ts';
export { oneOf, optionalText, portNumber, serverUrl, text, wholeNumber } from './field.ts';
export { type Checks, type Health, startHealthServer } from './health-server.ts';
export { createLog } from './log.ts';
export { runOnce } from './run-once.ts';
export { type Running, runService } from './run-service.ts';
export { commonSettings, serviceSettings, settings } from './settings.ts';
export { type SettingRow, settingsTable } from './settings-table.ts';
