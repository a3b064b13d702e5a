import { join } from 'node:path';
import { freePort } from '@daybook/local-servers';
import type { ServiceSpec } from './supervisor.ts';

/** Where the system can be reached. */
export interface Endpoints {
  gatewayUrl: string;
  queryUrl: string;
}

export interface ServicesPlan extends Endpoints {
  services: ServiceSpec[];
}

export interface PlanOptions {
  root: string;
  logFolder: string;
  /** The same for every service: the servers' URLs and the log level. */
  env: Record<string, string>;
  /** One process instead of five, without RabbitMQ. */
  embedded: boolean;
  /** Whether the HTTP services get their usual ports when those are free; tests leave them to others. */
  usualPorts?: boolean;
}

const GATEWAY_PORT = 8080;
const QUERY_PORT = 8081;

/** The main script of a service, as the build leaves it. */
export function serviceScript(root: string, name: string): string {
  return join(root, 'services', name, 'dist', 'main.js');
}

/** Says which processes make up the system and gives each its ports: the usual ones if they are free. */
export async function planServices({
  root,
  logFolder,
  env,
  embedded,
  usualPorts = true,
}: PlanOptions): Promise<ServicesPlan> {
  const gatewayPort = String(await freePort(usualPorts ? GATEWAY_PORT : undefined));
  const queryPort = String(await freePort(usualPorts ? QUERY_PORT : undefined));
  const service = async (name: string, more: Record<string, string> = {}): Promise<ServiceSpec> => ({
    name,
    script: serviceScript(root, name),
    env: { ...env, ...more, HEALTH_PORT: String(await freePort()) },
    logFile: join(logFolder, `${name}.log`),
  });
  const services = embedded
    ? [await service('embedded', { PORT: gatewayPort, QUERY_PORT: queryPort })]
    : [
        await service('command-service'),
        await service('process-manager'),
        await service('projector'),
        await service('query-service', { PORT: queryPort }),
        await service('command-gateway', { PORT: gatewayPort }),
      ];
  return { services, gatewayUrl: `http://127.0.0.1:${gatewayPort}`, queryUrl: `http://127.0.0.1:${queryPort}` };
}
