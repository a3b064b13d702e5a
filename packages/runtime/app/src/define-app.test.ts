import {
  type BoundedContext,
  boundedContext,
  type CommandMiddleware,
  consumer,
  eventHandler,
  sqlConsumer,
} from '@daybook/core';
import type { App } from './app.ts';
import { defineApp } from './define-app.ts';

const lending = boundedContext({ name: 'lending', aggregates: [] });
const app = (more: Partial<Record<keyof App, unknown>> = {}) => defineApp({ contexts: [lending], ...more } as App);
const audit: CommandMiddleware = { name: 'audit', handle: (_, next) => next() };

test('what fits together is the app', () => {
  const definition = { contexts: [lending], middleware: [audit] };
  expect(defineApp(definition)).toBe(definition);
});

describe('contexts', () => {
  const having = (more: Partial<BoundedContext>): BoundedContext => ({ ...lending, name: 'shop', ...more });
  const named = [{ name: 'Same' }] as never;

  test.each([
    [[], 'the app has no contexts: defineApp({ contexts: [...] }) needs one'],
    ['lending', "'contexts' of the app is not a list, but string: write [...]"],
    [[lending, lending], "two contexts of the app are named 'lending': rename one of them"],
    [
      [{ ...lending, projections: named }, having({ projections: named })],
      "two projections of the app are named 'Same': rename one of them",
    ],
    [
      [{ ...lending, eventHandlers: named }, having({ eventHandlers: named })],
      "two event handlers of the app are named 'Same': rename one of them",
    ],
  ])('%#: %j', (contexts, message) => {
    expect(() => app({ contexts })).toThrow(message);
  });
});

describe('middleware', () => {
  test.each([
    [audit, "'middleware' of the app is not a list, but object: write [...]"],
    [
      [audit, { handle: audit.handle }],
      "the middleware at place 2 has no name: give it a 'name' of at least one letter",
    ],
    [[undefined], "the middleware at place 1 has no name: give it a 'name' of at least one letter"],
    [
      [{ name: 'audit' }],
      "'handle' of the middleware 'audit' is not a function, but undefined: write a function there",
    ],
    [[audit, audit], "two middlewares of the app are named 'audit': rename one of them"],
  ])('%#: %j', (middleware, message) => {
    expect(() => app({ middleware })).toThrow(message);
  });
});

describe('effects', () => {
  const ship = eventHandler({
    name: 'Ship',
    reactsTo: ['CommandRejected'],
    folds: {},
    effects: ['webhook', 'mail'],
    handle: () => ({}),
  });
  const contexts = [{ ...lending, eventHandlers: [ship] }];
  const webhook = async () => {};

  test('that are all carried out are fine; mail is by Daybook', () => {
    expect(app({ contexts, effects: { webhook } })).toBeDefined();
  });

  test.each([
    [
      {},
      "the event handler 'Ship' has effects of kind 'webhook', which nothing carries out: add defineApp({ effects: { webhook:",
    ],
    [{ webhook: 'url' }, "'webhook' in the 'effects' of the app is not a function, but string: write a function there"],
    [{ webhook, mail: webhook }, "'effects' of the app has 'mail', which Daybook carries out: rename it"],
  ])('%j', (effects, message) => {
    expect(() => app({ contexts, effects })).toThrow(message);
  });
});

describe('consumers', () => {
  const handle = async () => {};
  const sql = sqlConsumer({ name: 'report', context: 'lending', version: 1, create: '', handle });
  const other = consumer({ name: 'search', context: 'lending', checkpoint: { load: async () => 0 }, handle });

  test('of both forms are fine, also for refused commands', () => {
    expect(app({ consumers: [{ ...sql, types: ['CommandRejected'] }, other] })).toBeDefined();
  });

  test.each([
    [sql, "'consumers' of the app is not a list, but object: write [...]"],
    [[sql, { ...other, name: 'report' }], "two consumers of the app are named 'report': rename one of them"],
    [[{ ...sql, name: '' }], "the consumer at place 1 has no name: give it a 'name' of at least one letter"],
    [[{ ...sql, name: 'a b' }], "the name of the consumer 'a b' has other characters than letters"],
    [
      [{ ...sql, context: 'shop' }],
      "'report' is for the context 'shop', which the app does not have; these are: lending",
    ],
    [
      [{ ...sql, types: ['Lent'] }],
      "'report' wants events of type 'Lent', which lending does not have: it has CommandRejected",
    ],
    [
      [{ ...sql, handle: 1 }],
      "'handle' of the consumer 'report' is not a function, but number: write a function there",
    ],
    [[{ ...sql, version: 0 }], "'version' of the consumer 'report' is not a whole number from 1: write 1"],
    [
      [{ ...sql, create: undefined }],
      "'create' of the consumer 'report' is not a text: write the SQL that creates its tables",
    ],
    [[{ ...other, checkpoint: {} }], "'checkpoint.load' of the consumer 'search' is not a function, but undefined"],
  ])('%#', (consumers, message) => {
    expect(() => app({ consumers })).toThrow(message);
  });
});

test.each(['gatewayRoutes', 'queryRoutes'] as const)('%s are a plugin', (routes) => {
  expect(app({ [routes]: () => {} })).toBeDefined();
  expect(() => app({ [routes]: [] })).toThrow(`'${routes}' of the app is not a function, but a list`);
});
