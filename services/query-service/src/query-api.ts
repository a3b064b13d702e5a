import type { QueryRoutes, QueryTools } from '@daybook/app';
import {
  type BoundedContext,
  type Clock,
  type EventStore,
  type LiveBuilds,
  type Log,
  type ReadStore,
  watchLive,
} from '@daybook/core';
import { addOwnRoutes, type ConnectionLimits, createApi, Waits } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import { addCountRoutes } from './count-routes.ts';
import { addExportRoute } from './export-route.ts';
import { addHistoryRoute } from './history-route.ts';
import { createLiveUpdates, type LiveLimits } from './live/live-updates.ts';
import { addOutcomeRoute } from './outcome-route.ts';
import { addProjectionRoutes } from './projection-routes.ts';

/** What the API answers from. */
export interface QueryApiDependencies {
  readonly contexts: readonly BoundedContext[];
  readonly rows: ReadStore;
  readonly liveBuilds: Omit<LiveBuilds, 'stop'>;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<QueryLimits>;
  /** The app's own, and what they ask the read store with. */
  readonly own?: { readonly routes: QueryRoutes; readonly tools: QueryTools } | undefined;
}

/** How much queries that wait, and those who listen, may take. Times in milliseconds. */
export interface QueryLimits extends LiveLimits {
  /** The longest that a query waits for a row to include a token. */
  readonly maxWaitMs: number;
  /** Queries that wait at once. */
  readonly maxWaiting: number;
  readonly connections: Partial<ConnectionLimits>;
}

const LIMITS: QueryLimits = {
  maxWaitMs: 10_000,
  maxWaiting: 1000,
  maxListeners: 1000,
  pollMs: 1000,
  heartbeatMs: 15_000,
  slowMs: 10_000,
  connections: {},
};

/**
 * The API over every read model of every context; it only reads. Does not listen yet.
 * @throws RouteTaken when a route of the app's own has paths in common with a built-in one
 */
export async function buildQueryApi(dependencies: QueryApiDependencies): Promise<FastifyInstance> {
  const { contexts, rows, liveBuilds, store, clock, log, own } = dependencies;
  const limits = { ...LIMITS, ...dependencies.limits };
  const api = await createApi({
    title: 'Daybook queries',
    description: 'Read models, now or as of another time; histories; and the recorded outcomes of commands.',
    url: 'http://127.0.0.1:8081',
    log,
    limits: limits.connections,
  });
  const waiting = { waits: new Waits(limits.maxWaiting), maxWaitMs: limits.maxWaitMs };
  const watched = watchLive(rows, liveBuilds);
  const live = createLiveUpdates({ contexts, rows: watched, liveBuilds, store, clock, log, limits });
  api.addHook('preClose', async () => {
    waiting.waits.endAll();
    live.end();
  });
  for (const context of contexts) {
    for (const projection of context.projections) {
      const routes = { context: context.name, projection, rows, watched, liveBuilds, store, clock, log, waiting, live };
      addProjectionRoutes(api, routes);
      addCountRoutes(api, routes);
      addExportRoute(api, routes);
      addHistoryRoute(api, { context, projection, store });
    }
  }
  addOutcomeRoute(api, store);
  if (own !== undefined) await addOwnRoutes(api, (scope) => own.routes(scope, own.tools));
  return api;
}
