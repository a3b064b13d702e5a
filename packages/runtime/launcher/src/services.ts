import { dirname, join } from 'node:path';
import { freePort } from '@daybook/local-servers';
import type { ServiceSpec } from './supervisor.ts';

/** Where the system can be reached. */
export interface Endpoints {
  gatewayUrl: string;
  queryUrl: string;
}

export interface ServicesPlan extends Endpoints {
  /** The mails that the mail catcher holds; undefined where SMTP_URL names another mail server. */
  mailsUrl: string | undefined;
  services: ServiceSpec[];
}

export interface PlanOptions {
  root: string;
  logFolder: string;
  /** The same for every service: the servers' URLs and the log level. */
  env: Record<string, string>;
  /** One process instead of five, without RabbitMQ. */
  embedded: boolean;
  /**
   * Whether the HTTP services get the ports that PORT and QUERY_PORT ask for, or the usual ones when those are free; tests
   * leave them to others.
   */
  usualPorts?: boolean;
}

const GATEWAY_PORT = 8080;
const QUERY_PORT = 8081;
const SMTP_PORT = 1025;
const MAILS_PORT = 8025;

/** The main script of a service, as the build leaves it. */
export function serviceScript(root: string, name: string): string {
  return join(root, 'services', name, 'dist', 'main.js');
}

/** Where the app is defined, as the build leaves it: the environment may name another one. */
export function appConfig(root: string): string {
  return process.env.DAYBOOK_CONFIG ?? join(root, 'dist', 'daybook.config.js');
}

/** One more process of a service that serves no API, with a health port and a log of its own. @param number 2 is the second */
export async function anotherOne(spec: ServiceSpec, number = 2): Promise<ServiceSpec> {
  const name = `${spec.name}-${number}`;
  const env = { ...spec.env, HEALTH_PORT: String(await freePort()) };
  return { ...spec, name, env, logFile: join(dirname(spec.logFile), `${name}.log`) };
}

/** Says which processes make up the system and gives each its ports: the usual ones if they are free. */
export async function planServices({
  root,
  logFolder,
  env,
  embedded,
  usualPorts = true,
}: PlanOptions): Promise<ServicesPlan> {
  const asked = usualPorts ? process.env : {};
  const gatewayPort = asked.PORT || String(await freePort(usualPorts ? GATEWAY_PORT : undefined));
  const queryPort = asked.QUERY_PORT || String(await freePort(usualPorts ? QUERY_PORT : undefined));
  const smtpPort = String(await freePort(usualPorts ? SMTP_PORT : undefined));
  const mailsPort = String(await freePort(usualPorts ? MAILS_PORT : undefined));
  const catching = env.SMTP_URL === undefined;
  const mailed = { ...env, SMTP_URL: env.SMTP_URL ?? `smtp://127.0.0.1:${smtpPort}` };
  const service = async (name: string, more: Record<string, string> = {}): Promise<ServiceSpec> => ({
    name,
    script: serviceScript(root, name),
    env: { DAYBOOK_CONFIG: appConfig(root), ...mailed, ...more, HEALTH_PORT: String(await freePort()) },
    logFile: join(logFolder, `${name}.log`),
  });
  const services = embedded
    ? [await service('embedded', { PORT: gatewayPort, QUERY_PORT: queryPort })]
    : [
        await service('command-service'),
        await service('process-manager'),
        await service('projector'),
        await service('event-handler'),
        await service('query-service', { PORT: queryPort }),
        await service('command-gateway', { PORT: gatewayPort }),
      ];
  if (catching) services.unshift(await service('mail-catcher', { SMTP_PORT: smtpPort, PORT: mailsPort }));
  return {
    services,
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    queryUrl: `http://127.0.0.1:${queryPort}`,
    mailsUrl: catching ? `http://127.0.0.1:${mailsPort}/mails` : undefined,
  };
}
