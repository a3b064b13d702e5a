export { commandLine } from './command-line.ts';
export type { RestartPolicy } from './restart-policy.ts';
export { anotherOne, planServices } from './services.ts';
export { type ServiceSpec, type SupervisedService, supervise } from './supervisor.ts';
