export { canInstallFromDebian, installFromDebian } from './debian.ts';
export { dockerAnswers, dockerHasOrCanPull } from './docker.ts';
export { removeDockerServers, startDockerPostgres, startDockerRabbitmq } from './docker-servers.ts';
export { findPgbouncer } from './find-pgbouncer.ts';
export { findPostgres, type PostgresInstallation } from './find-postgres.ts';
export { findRabbitmq, type RabbitmqInstallation } from './find-rabbitmq.ts';
export { freePort } from './free-port.ts';
export { endWithThisProcess } from './last-resort.ts';
export type { LocalServer, LocalServerOptions, Log } from './local-server.ts';
export {
  type ObtainOptions,
  obtainPostgres,
  obtainRabbitmq,
  preparePgbouncer,
  prepareRabbitmq,
  requireRabbitmq,
} from './obtain.ts';
export { FolderInUse } from './ownership.ts';
export { removePostgres, startPostgres } from './postgres.ts';
export { privatePostgresData, privateRabbitmqData } from './private-data.ts';
export { removeRabbitmq, startRabbitmq } from './rabbitmq.ts';
export { lastLines } from './until.ts';
