export type { RestartPolicy } from './restart-policy.ts';
export { type ServiceSpec, type SupervisedService, supervise } from './supervisor.ts';
