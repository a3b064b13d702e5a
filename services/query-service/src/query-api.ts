import type { BoundedContext, Clock, EventStore, Log, ReadStore } from '@daybook/core';
import { createApi } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import { addCountRoutes } from './count-routes.ts';
import { addExportRoute } from './export-route.ts';
import { addHistoryRoute } from './history-route.ts';
import { addOutcomeRoute } from './outcome-route.ts';
import { addProjectionRoutes } from './projection-routes.ts';

/** What the API answers from. */
export interface QueryApiParts {
  readonly contexts: readonly BoundedContext[];
  readonly rows: ReadStore;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** The API over every read model of every context; it only reads. Does not listen yet. */
export async function buildQueryApi({ contexts, rows, store, clock, log }: QueryApiParts): Promise<FastifyInstance> {
  const api = await createApi({
    title: 'Daybook queries',
    description: 'Read models, now or as of another time; histories; and the recorded outcomes of commands.',
    log,
  });
  for (const context of contexts) {
    for (const projection of context.projections) {
      const routes = { context: context.name, projection, rows, store, clock, log };
      addProjectionRoutes(api, routes);
      addCountRoutes(api, routes);
      addExportRoute(api, routes);
      addHistoryRoute(api, { context, projection, store });
    }
  }
  addOutcomeRoute(api, store);
  return api;
}
