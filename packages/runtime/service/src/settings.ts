import { oneOf, optionalServerUrl, portNumber, serverUrl, text, wholeNumber } from './field.ts';

/** The variables that more than one service reads. Each service picks what it needs. */
export const settings = {
  EVENT_STORE_URL: serverUrl('Where events are kept: Postgres, or EventStoreDB up to 23.10 as esdb+tcp://.', {
    schemes: ['postgres', 'postgresql', 'esdb+tcp'],
    preset: 'postgres://daybook:daybook@127.0.0.1:5432/daybook',
  }),
  READ_STORE_URL: serverUrl('Where read models and deadlines are kept. May be the same database as the event store.', {
    schemes: ['postgres', 'postgresql'],
    preset: 'postgres://daybook:daybook@127.0.0.1:5432/daybook',
  }),
  EVENT_STORE_LISTEN_URL: optionalServerUrl(
    'Where notifications of the event store are listened for: a way past a pooler in transaction mode, which carries none; EVENT_STORE_URL when left out.',
    ['postgres', 'postgresql'],
  ),
  READ_STORE_LISTEN_URL: optionalServerUrl('The same for the read store; READ_STORE_URL when left out.', [
    'postgres',
    'postgresql',
  ]),
  RABBITMQ_URL: serverUrl('The broker that carries commands.', {
    schemes: ['amqp', 'amqps'],
    preset: 'amqp://guest:guest@127.0.0.1:5672',
  }),
  MAX_WAITING: wholeNumber('Requests that wait for read models at once.', {
    min: 0,
    max: 100_000,
    preset: 1000,
  }),
  MAX_CONNECTIONS: wholeNumber(
    'HTTP connections open at once, those that wait or listen included; one more is closed.',
    {
      min: 1,
      max: 1_000_000,
      preset: 10_000,
    },
  ),
  HOST: text(
    'The address that the HTTP server and the health server listen on; 0.0.0.0 for all of the machine.',
    '127.0.0.1',
  ),
};

/** What every process reads, whether it serves or runs once. */
export const commonSettings = {
  NODE_ENV: oneOf('In production, development defaults and well-known passwords are refused.', [
    'development',
    'test',
    'production',
  ]),
  LOG_LEVEL: oneOf(
    'The least level that is logged; each outcome of a command is logged at debug.',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
  ),
};

/**
 * What every service that keeps running reads.
 * @param healthPort the default; another one for each service, so that all of them can run on one machine
 * @param shutdownMs the default of SHUTDOWN_TIMEOUT_MS, milliseconds
 */
export function serviceSettings(healthPort: number, shutdownMs = 10_000) {
  return {
    ...commonSettings,
    HOST: settings.HOST,
    HEALTH_PORT: portNumber('Answers /livez and /readyz.', healthPort),
    SHUTDOWN_TIMEOUT_MS: wholeNumber('Milliseconds to finish what is in hand when asked to stop.', {
      min: 100,
      max: 600_000,
      preset: shutdownMs,
    }),
  };
}
