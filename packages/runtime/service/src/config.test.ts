import { z } from 'zod';
import { configFrom, type InvalidConfiguration } from './config.ts';
import { wholeNumber } from './field.ts';
import { masked } from './masked.ts';
import { serviceSettings, settings } from './settings.ts';
import { settingsTable } from './settings-table.ts';

const Schema = z.object({
  ...serviceSettings(8092),
  EVENT_STORE_URL: settings.EVENT_STORE_URL,
  RABBITMQ_URL: settings.RABBITMQ_URL,
  PREFETCH: wholeNumber('Commands in hand at once.', { min: 1, max: 65_535, preset: 256 }),
});

function complaintsOf(env: Record<string, string>): readonly string[] {
  try {
    configFrom(Schema, env);
    return [];
  } catch (error) {
    return (error as InvalidConfiguration).lines;
  }
}

test('a developer needs no configuration', () => {
  expect(configFrom(Schema, { PREFETCH: '' })).toEqual({
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    HEALTH_PORT: 8092,
    SHUTDOWN_TIMEOUT_MS: 10_000,
    EVENT_STORE_URL: 'postgres://daybook:daybook@127.0.0.1:5432/daybook',
    RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:5672',
    PREFETCH: 256,
  });
});

test('everything that is wrong is said at once, with what is allowed and without the password', () => {
  expect(
    complaintsOf({
      PREFETCH: '12x',
      LOG_LEVEL: 'loud',
      HEALTH_PORT: '70000',
      EVENT_STORE_URL: 'mysql://me:s3cret@db/daybook',
      RABBITMQ_URL: 'amqp:/me:s3cret@broker',
    }),
  ).toEqual([
    'LOG_LEVEL=loud is not allowed; allowed: one of fatal, error, warn, info, debug, trace, silent',
    'HEALTH_PORT=70000 is not allowed; allowed: a whole number from 0 to 65535',
    'EVENT_STORE_URL=mysql://me:***@db/daybook is not allowed; allowed: a URL that starts with postgres:// or postgresql:// or esdb+tcp://',
    'RABBITMQ_URL=amqp:/me:***@broker is not allowed; allowed: a URL that starts with amqp:// or amqps://',
    'PREFETCH=12x is not allowed; allowed: a whole number from 1 to 65535',
  ]);
});

test('production must say where its servers are', () => {
  expect(complaintsOf({ NODE_ENV: 'production' })).toEqual([
    'EVENT_STORE_URL is missing; its default is for development only',
    'RABBITMQ_URL is missing; its default is for development only',
  ]);
});

test('production refuses a publicly known password', () => {
  expect(
    complaintsOf({
      NODE_ENV: 'production',
      EVENT_STORE_URL: 'postgres://daybook:daybook@db:5432/daybook',
      RABBITMQ_URL: 'amqp://daybook:K2dn83hf@broker:5672',
    }),
  ).toEqual(['EVENT_STORE_URL=postgres://daybook:***@db:5432/daybook is not allowed; its password is publicly known']);
});

test('a URL that may be left out is not missed in production, and refused with a publicly known password', () => {
  const ListeningSchema = z.object({ READ_STORE_LISTEN_URL: settings.READ_STORE_LISTEN_URL });
  expect(configFrom(ListeningSchema, { NODE_ENV: 'production' })).toEqual({});
  expect(() =>
    configFrom(ListeningSchema, { NODE_ENV: 'production', READ_STORE_LISTEN_URL: 'postgres://me:postgres@db/x' }),
  ).toThrow('READ_STORE_LISTEN_URL=postgres://me:***@db/x is not allowed; its password is publicly known');
});

test.each([
  ['EVENT_STORE_URL', 'postgres://me:a/b@c@db/x', 'postgres://me:***@db/x'],
  ['EVENT_STORE_URL', 'postgres://db/x?user=me&password=a', 'postgres://db/x?user=me&password=***'],
  ['EVENT_STORE_URL', 'me:a@db', 'me:***@db'],
  ['EVENT_STORE_URL', 'postgres://db:5432/x', 'postgres://db:5432/x'],
  ['API_KEY', 'abc', '***'],
  ['PREFETCH', '12x', '12x'],
])('%s=%s is printed as %s', (variable, value, printed) => {
  expect(masked(variable, value)).toBe(printed);
});

test('the table of a schema has a line for each variable', () => {
  expect(settingsTable(Schema).slice(-2)).toEqual([
    {
      variable: 'RABBITMQ_URL',
      default: 'amqp://guest:guest@127.0.0.1:5672 (development only)',
      what: 'The broker that carries commands.',
    },
    { variable: 'PREFETCH', default: '256', what: 'Commands in hand at once.' },
  ]);
});
