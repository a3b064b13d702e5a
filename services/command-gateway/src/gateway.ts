import type { GatewayRoutes } from '@daybook/app';
import { asyncApi } from '@daybook/async-api';
import type { BoundedContext, CommandBus, Log, WatchedRows } from '@daybook/core';
import { addOwnRoutes, type ConnectionLimits, createApi, hidden, Waits } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import { addCommandRoute } from './command-route.ts';
import { answerOwnErrors } from './own-errors.ts';
import { createSend } from './send.ts';
import { addUnknownCommandRoute } from './unknown-command.ts';

/** What the gateway works with. */
export interface GatewayDependencies {
  readonly contexts: readonly BoundedContext[];
  readonly bus: CommandBus;
  readonly log: Log;
  /** The longest that a request waits for the outcome, milliseconds. */
  readonly timeoutMs: number;
  /** Of the live builds; only looked at for commands that prefer strong consistency. */
  readonly rows: WatchedRows;
  /** Requests that wait for read models at once; one more is answered without. */
  readonly maxWaiting?: number;
  readonly connections?: Partial<ConnectionLimits>;
  /** The app's own. */
  readonly routes?: GatewayRoutes | undefined;
}

/**
 * The API that takes the commands of every context. Does not listen yet.
 * @throws RouteTaken when a route of the app's own has paths in common with a built-in one
 */
export async function buildGateway(parts: GatewayDependencies): Promise<FastifyInstance> {
  const { contexts, bus, log, timeoutMs, rows, maxWaiting = 1000, connections = {}, routes } = parts;
  const api = await createApi({
    title: 'Daybook commands',
    description: 'Each command is published to its context, and answered with its outcome.',
    url: 'http://127.0.0.1:8080',
    log,
    limits: connections,
  });
  const waits = new Waits(maxWaiting);
  api.addHook('preClose', async () => waits.endAll());
  for (const context of contexts) {
    for (const type of context.commands.keys())
      addCommandRoute(api, { context, type, bus, log, timeoutMs, rows, waits });
  }
  addUnknownCommandRoute(api, contexts);
  const messages = asyncApi(contexts);
  api.get('/asyncapi.json', { schema: hidden }, () => messages);
  if (routes !== undefined) {
    await addOwnRoutes(api, (scope) => {
      scope.setErrorHandler(answerOwnErrors(bus, log));
      return routes(scope, { send: createSend({ contexts, bus, timeoutMs }) });
    });
  }
  return api;
}
