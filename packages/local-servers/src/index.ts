export { findPostgres, type PostgresInstallation } from './find-postgres.ts';
export { findRabbitmq, type RabbitmqInstallation } from './find-rabbitmq.ts';
export { freePort } from './free-port.ts';
export { endWithThisProcess } from './last-resort.ts';
export type { LocalServer, LocalServerOptions, Log } from './local-server.ts';
export { FolderInUse } from './ownership.ts';
export { removePostgres, startPostgres } from './postgres.ts';
export { removeRabbitmq, startRabbitmq } from './rabbitmq.ts';
