import {
  type AppConsumer,
  type BoundedContext,
  type CommandMiddleware,
  type EffectCarriers,
  isSqlConsumer,
  MAIL,
  recordedTypesOf,
} from '@daybook/core';
import type { App } from './app.ts';
import { contextProblems } from './context-problems.ts';
import { InvalidApp, requireDifferent, requireFunction, requireList, requireName } from './invalid-app.ts';

/** @throws InvalidApp for the first thing that does not fit together; of the contexts, for everything */
export function checkApp(app: App): void {
  const { contexts, middleware = [], consumers = [], effects = {} } = app;
  checkContexts(contexts);
  const problems = contexts.flatMap((one) => contextProblems(one).map((problem) => `context ${one.name}: ${problem}`));
  if (problems.length > 0) throw new InvalidApp(...problems);
  checkMiddleware(middleware);
  checkConsumers(consumers, contexts);
  for (const routes of ['gatewayRoutes', 'queryRoutes'] as const) {
    if (app[routes] !== undefined) requireFunction(`'${routes}' of the app`, app[routes]);
  }
  checkEffects(effects, contexts);
}

function checkContexts(contexts: readonly BoundedContext[]): void {
  requireList("'contexts'", contexts);
  if (contexts.length === 0) throw new InvalidApp('the app has no contexts: defineApp({ contexts: [...] }) needs one');
  const named = (what: string, of: (context: BoundedContext) => readonly { readonly name: string }[]) =>
    requireDifferent(
      what,
      contexts.flatMap((context) => of(context).map(({ name }) => name)),
    );
  named('contexts', (context) => [context]);
  named('projections', ({ projections }) => projections);
  named('process managers', ({ processManagers, statefulProcessManagers }) => [
    ...processManagers,
    ...statefulProcessManagers,
  ]);
  named('deadlines', ({ deadlines }) => deadlines);
  named('event handlers', ({ eventHandlers }) => eventHandlers);
}

function checkMiddleware(middleware: readonly CommandMiddleware[]): void {
  requireList("'middleware'", middleware);
  for (const [index, one] of middleware.entries()) {
    requireName(`the middleware at place ${index + 1}`, one?.name);
    requireFunction(`'handle' of the middleware '${one.name}'`, one.handle);
  }
  requireDifferent(
    'middlewares',
    middleware.map(({ name }) => name),
  );
}

function checkEffects(effects: EffectCarriers, contexts: readonly BoundedContext[]): void {
  for (const [kind, carry] of Object.entries(effects)) {
    if (kind === MAIL) throw new InvalidApp(`'effects' of the app has '${MAIL}', which Daybook carries out: rename it`);
    requireFunction(`'${kind}' in the 'effects' of the app`, carry);
  }
  for (const handler of contexts.flatMap(({ eventHandlers }) => eventHandlers)) {
    const missing = handler.effects.find((kind) => kind !== MAIL && !Object.hasOwn(effects, kind));
    if (missing === undefined) continue;
    throw new InvalidApp(
      `the event handler '${handler.name}' has effects of kind '${missing}', which nothing carries out: ` +
        `add defineApp({ effects: { ${missing}: async (effect, { id, signal }) => {…} } })`,
    );
  }
}

function checkConsumers(consumers: readonly AppConsumer[], contexts: readonly BoundedContext[]): void {
  requireList("'consumers'", consumers);
  for (const [index, consumer] of consumers.entries()) {
    requireName(`the consumer at place ${index + 1}`, consumer?.name);
    const what = `the consumer '${consumer.name}'`;
    if (!/^[\w.-]{1,100}$/.test(consumer.name)) {
      throw new InvalidApp(
        `the name of ${what} has other characters than letters, digits, '-', '_' and '.', or over 100`,
      );
    }
    checkTypes(what, consumer, contexts);
    requireFunction(`'handle' of ${what}`, consumer.handle);
    if (!isSqlConsumer(consumer)) requireFunction(`'checkpoint.load' of ${what}`, consumer.checkpoint?.load);
    else if (typeof consumer.create !== 'string') {
      throw new InvalidApp(`'create' of ${what} is not a text: write the SQL that creates its tables`);
    } else if (!Number.isInteger(consumer.version) || consumer.version < 1) {
      throw new InvalidApp(`'version' of ${what} is not a whole number from 1: write 1`);
    }
  }
  requireDifferent(
    'consumers',
    consumers.map(({ name }) => name),
  );
}

function checkTypes(what: string, { context, types }: AppConsumer, contexts: readonly BoundedContext[]): void {
  const known = contexts.find(({ name }) => name === context);
  if (known === undefined) {
    const all = contexts.map(({ name }) => name).join(', ');
    throw new InvalidApp(`${what} is for the context '${context}', which the app does not have; these are: ${all}`);
  }
  const events = recordedTypesOf(known.aggregates);
  const unknown = types?.find((type) => !events.includes(type));
  if (unknown === undefined) return;
  throw new InvalidApp(
    `${what} wants events of type '${unknown}', which ${context} does not have: it has ${events.join(', ')}`,
  );
}
