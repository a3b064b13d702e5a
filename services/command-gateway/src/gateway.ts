import { asyncApi } from '@daybook/async-api';
import type { BoundedContext, CommandBus, Log, WatchedRows } from '@daybook/core';
import { createApi, hidden, Waits } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import { addCommandRoute } from './command-route.ts';
import { addUnknownCommandRoute } from './unknown-command.ts';

/** What the gateway works with. */
export interface GatewayParts {
  readonly contexts: readonly BoundedContext[];
  readonly bus: CommandBus;
  readonly log: Log;
  /** The longest that a request waits for the outcome, milliseconds. */
  readonly timeoutMs: number;
  /** Only looked at for commands that prefer strong consistency. */
  /** Of the live builds. */
  readonly rows: WatchedRows;
  /** Requests that wait for read models at once; one more is answered without. */
  readonly maxWaiting?: number;
}

/** The API that takes the commands of every context. Does not listen yet. */
export async function buildGateway(parts: GatewayParts): Promise<FastifyInstance> {
  const { contexts, bus, log, timeoutMs, rows, maxWaiting = 1000 } = parts;
  const api = await createApi({
    title: 'Daybook commands',
    description: 'Each command is published to its context, and answered with its outcome.',
    log,
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
  return api;
}
