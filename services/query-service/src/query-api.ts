import {
  type BoundedContext,
  type Clock,
  type EventStore,
  type LiveBuilds,
  type Log,
  type ReadStore,
  watchLive,
} from '@daybook/core';
import { createApi, Waits } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import { addCountRoutes } from './count-routes.ts';
import { addExportRoute } from './export-route.ts';
import { addHistoryRoute } from './history-route.ts';
import { createLiveUpdates, type LiveLimits } from './live/live-updates.ts';
import { addOutcomeRoute } from './outcome-route.ts';
import { addProjectionRoutes } from './projection-routes.ts';

/** What the API answers from. */
export interface QueryApiParts {
  readonly contexts: readonly BoundedContext[];
  readonly rows: ReadStore;
  readonly liveBuilds: Omit<LiveBuilds, 'stop'>;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<QueryLimits>;
}

/** How much queries that wait, and those who listen, may take. Times in milliseconds. */
export interface QueryLimits extends LiveLimits {
  /** The longest that a query waits for a row to include a token. */
  readonly maxWaitMs: number;
  /** Queries that wait at once. */
  readonly maxWaiting: number;
}

const LIMITS: QueryLimits = {
  maxWaitMs: 10_000,
  maxWaiting: 1000,
  maxListeners: 1000,
  pollMs: 1000,
  heartbeatMs: 15_000,
  slowMs: 10_000,
};

/** The API over every read model of every context; it only reads. Does not listen yet. */
export async function buildQueryApi(parts: QueryApiParts): Promise<FastifyInstance> {
  const { contexts, rows, liveBuilds, store, clock, log } = parts;
  const limits = { ...LIMITS, ...parts.limits };
  const api = await createApi({
    title: 'Daybook queries',
    description: 'Read models, now or as of another time; histories; and the recorded outcomes of commands.',
    log,
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
  return api;
}
