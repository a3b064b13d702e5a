import {
  type AsOf,
  answerSchema,
  type Clock,
  type EventStore,
  type ItemsProjection,
  type ListRequest,
  type LiveBuilds,
  type Log,
  ownOf,
  type Projection,
  type ReadStore,
  type RowProjection,
  type WatchedRows,
} from '@daybook/core';
import { Problem, problemResponses } from '@daybook/http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { answerAsOf } from './answer-as-of.ts';
import { answerEntity, answerList } from './answer-live.ts';
import { asOfParameter } from './as-of-parameter.ts';
import { notModifiedResponse } from './entity-tag.ts';
import { type ListQuerystring, listQuerystring } from './list-querystring.ts';
import { LIVE, type LiveUpdates } from './live/live-updates.ts';
import { pathOf } from './paths.ts';
import { lastEventId, pageParameters, querystring } from './querystring.ts';
import { ReadHeaders, readYourWrites, type TokenWaiting } from './read-your-writes.ts';

/** What the routes of a projection are made of. */
export interface ProjectionRoutes {
  readonly context: string;
  readonly projection: Projection;
  readonly rows: ReadStore;
  /** Those of the live builds, for who waits. */
  readonly watched: WatchedRows;
  readonly liveBuilds: Pick<LiveBuilds, 'read'>;
  /** For what is asked as of another time. */
  readonly store: EventStore;
  /** For what is computed when it is answered. */
  readonly clock: Clock;
  readonly log: Log;
  readonly waiting: TokenWaiting;
  readonly live: LiveUpdates;
}

interface Asked {
  Params: Record<string, string>;
  Querystring: { as_of?: AsOf } & Partial<Pick<ListRequest, 'limit' | 'cursor'>>;
}

const NOT_YET = 'The read model does not include the token yet.';
const LOST = 'The log has lost what the token or `Last-Event-ID` stands for: it was restored to an earlier point.';

/** `GET /<context>/<projection>/<id>` and `GET /<context>/<projection>`; all about them comes from the projection. */
export function addProjectionRoutes(api: FastifyInstance, routes: ProjectionRoutes): void {
  const { projection } = routes;
  if (projection.itemKey === undefined) addRowRoute(api, routes, projection);
  else addItemsRoute(api, routes, projection);
  addListRoute(api, routes);
}

function addRowRoute(api: FastifyInstance, routes: ProjectionRoutes, projection: RowProjection) {
  const { context } = routes;
  const { name, key, row } = projection;
  const schema = {
    tags: [context],
    summary: `One row of ${name}`,
    description: LIVE,
    headers: ReadHeaders,
    params: z.object({ [key]: ownOf(row.shape, key) }),
    querystring: querystring({ as_of: asOfParameter, ...lastEventId }),
    response: {
      200: answerSchema(projection),
      ...notModifiedResponse,
      ...problemResponses({
        400: `No ${key}, or \`as_of\` is no moment that can be answered for.`,
        404: 'There is no such row (yet, or as of then).',
        410: LOST,
        412: NOT_YET,
        500: 'The row does not fit its schema; an operator has to look at it.',
        503: 'A store is not available.',
      }),
    },
  };
  api.get<Asked>(
    `${pathOf(context, projection)}/:${key}`,
    { schema, preHandler: hooksOf(routes, key) },
    (request, reply) => {
      const entityId = ownOf(request.params, key) as string;
      const { as_of: asOf } = request.query;
      if (asOf === undefined) return answerEntity(request, reply, routes, entityId);
      const entity = { context, projection, entityId };
      return answerAsOf(request, reply, routes, { entity, asOf, page: { limit: 1 } });
    },
  );
}

function addItemsRoute(api: FastifyInstance, routes: ProjectionRoutes, projection: ItemsProjection) {
  const { context } = routes;
  const { name, key, row, list } = projection;
  const schema = {
    tags: [context],
    summary: `The rows of ${name} of one ${key}, by ${list.orderBy}`,
    description: LIVE,
    headers: ReadHeaders,
    params: z.object({ [key]: ownOf(row.shape, key) }),
    querystring: querystring({ ...pageParameters, as_of: asOfParameter, ...lastEventId }),
    response: {
      ...pageResponses(projection, `No ${key}, or a parameter is unknown or has no allowed value.`),
      ...notModifiedResponse,
      ...problemResponses({ 404: `As of then there was no such ${key}.` }),
    },
  };
  api.get<Asked>(
    `${pathOf(context, projection)}/:${key}`,
    { schema, preHandler: hooksOf(routes, key) },
    (request, reply) => {
      const entityId = ownOf(request.params, key) as string;
      const { as_of: asOf, limit, cursor } = request.query;
      const page = { limit: limit as number, cursor };
      if (asOf === undefined) return answerEntity(request, reply, routes, entityId, page);
      const entity = { context, projection, entityId };
      return answerAsOf(request, reply, routes, { entity, asOf, page });
    },
  );
}

function addListRoute(api: FastifyInstance, routes: ProjectionRoutes) {
  const { context, projection } = routes;
  const { name, list } = projection;
  const path = pathOf(context, projection);
  const schema = {
    tags: [context],
    summary: `Rows of ${name}, by ${list.orderBy}`,
    description: LIVE,
    headers: ReadHeaders,
    querystring: listQuerystring(projection, path),
    response: pageResponses(projection, 'A parameter is unknown or has no allowed value.'),
  };
  api.get<{ Querystring: ListQuerystring }>(path, { schema, preHandler: hooksOf(routes) }, (request, reply) => {
    const { limit, cursor, last_event_id: _, ...filters } = request.query;
    return answerList(reply, routes, { filters, limit, cursor });
  });
}

/** What may take over a query, or keep it waiting; not where it is about another time. @param key the path's parameter that names the entity */
function hooksOf({ context, projection, watched: rows, store, waiting, live }: ProjectionRoutes, key?: string) {
  return [live.hook(context, projection, key), readYourWrites({ context, projection, rows, store, waiting }, key)].map(
    (hook): typeof hook =>
      async (request: FastifyRequest, reply) =>
        (request.query as Asked['Querystring']).as_of === undefined ? hook(request, reply) : undefined,
  );
}

function pageResponses(projection: Projection, invalid: string) {
  return {
    200: z.object({
      items: z.array(answerSchema(projection)),
      next: z.string().nullable().meta({ description: 'The cursor of the next page; null on the last.' }),
      problems: z
        .array(Problem)
        .optional()
        .meta({ description: 'One for each row of the page that can not be shown.' }),
    }),
    ...problemResponses({ 400: invalid, 410: LOST, 412: NOT_YET, 503: 'A store is not available.' }),
  };
}
