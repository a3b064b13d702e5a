import type { BoundedContext, CommandBus, Log } from '@daybook/core';
import { createApi } from '@daybook/http';
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
}

/** The API that takes the commands of every context. Does not listen yet. */
export async function buildGateway({ contexts, bus, log, timeoutMs }: GatewayParts): Promise<FastifyInstance> {
  const api = await createApi({
    title: 'Daybook commands',
    description: 'Each command is published to its context, and answered with its outcome.',
    log,
  });
  for (const context of contexts) {
    for (const type of context.commands.keys()) addCommandRoute(api, { context, type, bus, log, timeoutMs });
  }
  addUnknownCommandRoute(api, contexts);
  return api;
}
