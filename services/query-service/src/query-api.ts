import type { BoundedContext, Clock, EventStore, Log, ReadStore } from '@daybook/core';
import { createApi } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import type { LiveBuilds } from './live-builds.ts';
import { addOutcomeRoute } from './outcome-route.ts';
import { addProjectionRoutes } from './projection-routes.ts';

/** What the API answers from. */
export interface QueryApiParts {
  readonly contexts: readonly BoundedContext[];
  readonly rows: ReadStore;
  readonly liveBuilds: Pick<LiveBuilds, 'read'>;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** The API over every read model of every context; it only reads. Does not listen yet. */
export async function buildQueryApi(parts: QueryApiParts): Promise<FastifyInstance> {
  const { contexts, rows, liveBuilds, store, clock, log } = parts;
  const api = await createApi({
    title: 'Daybook queries',
    description: 'Read models, and the recorded outcomes of commands.',
    log,
  });
  for (const { name: context, projections } of contexts) {
    for (const projection of projections) addProjectionRoutes(api, { context, projection, rows, liveBuilds, clock });
  }
  addOutcomeRoute(api, store);
  return api;
}
