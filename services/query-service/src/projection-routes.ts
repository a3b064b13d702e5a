import {
  type AsOf,
  answerOf,
  answerSchema,
  type Clock,
  type EventStore,
  type ItemsProjection,
  type ListRequest,
  listPage,
  type Page,
  type Projection,
  type ReadStore,
  type RowProjection,
} from '@daybook/core';
import { problem, problemResponses, sendProblem } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { answerAsOf } from './answer-as-of.ts';
import { asOfParameter } from './as-of-parameter.ts';
import { isNotModified, notModifiedResponse } from './entity-tag.ts';
import { type ListQuerystring, listQuerystring } from './list-querystring.ts';
import { pathOf } from './paths.ts';
import { pageParameters, querystring } from './querystring.ts';

/** What the routes of a projection are made of. */
export interface ProjectionRoutes {
  readonly context: string;
  readonly projection: Projection;
  readonly rows: ReadStore;
  /** For what is asked as of another time. */
  readonly store: EventStore;
  /** For what is computed when it is answered. */
  readonly clock: Clock;
}

/** `GET /<context>/<projection>/<id>` and `GET /<context>/<projection>`; all about them comes from the projection. */
export function addProjectionRoutes(api: FastifyInstance, routes: ProjectionRoutes): void {
  const { projection } = routes;
  if (projection.itemKey === undefined) addRowRoute(api, routes, projection);
  else addItemsRoute(api, routes, projection);
  addListRoute(api, routes);
}

function addRowRoute(api: FastifyInstance, routes: ProjectionRoutes, projection: RowProjection) {
  const { context, rows, clock } = routes;
  const { name, key, row } = projection;
  const schema = {
    tags: [context],
    summary: `One row of ${name}`,
    params: z.object({ [key]: row.shape[key] }),
    querystring: querystring({ as_of: asOfParameter }),
    response: {
      200: answerSchema(projection),
      ...notModifiedResponse,
      ...problemResponses({
        400: `No ${key}, or \`as_of\` is no moment that can be answered for.`,
        404: 'There is no such row (yet, or as of then).',
        503: 'A store is not available.',
      }),
    },
  };
  api.get<{ Params: Record<string, string>; Querystring: { as_of?: AsOf } }>(
    `${pathOf(context, projection)}/:${key}`,
    { schema },
    async (request, reply) => {
      const entityId = request.params[key] as string;
      const { as_of: asOf } = request.query;
      if (asOf !== undefined) {
        const entity = { context, projection, entityId };
        return answerAsOf(request, reply, routes, { entity, asOf, show: ([then]) => then });
      }
      const found = await rows.get(projection, entityId);
      if (found === undefined)
        return sendProblem(reply, problem(404, 'not-found', `${name} has no row of ${key} ${entityId}`));
      if (isNotModified(request, reply, projection, found.revisions)) return reply.code(304).send();
      return answerOf(projection, found.row, clock.now());
    },
  );
}

function addItemsRoute(api: FastifyInstance, routes: ProjectionRoutes, projection: ItemsProjection) {
  const { context } = routes;
  const { name, key, row, list } = projection;
  const schema = {
    tags: [context],
    summary: `The rows of ${name} of one ${key}, by ${list.orderBy}`,
    params: z.object({ [key]: row.shape[key] }),
    querystring: querystring({ ...pageParameters, as_of: asOfParameter }),
    response: {
      ...pageResponses(projection, `No ${key}, or a parameter is unknown or has no allowed value.`),
      ...notModifiedResponse,
      ...problemResponses({ 404: `As of then there was no such ${key}.` }),
    },
  };
  api.get<{ Params: Record<string, string>; Querystring: { limit: number; cursor?: string; as_of?: AsOf } }>(
    `${pathOf(context, projection)}/:${key}`,
    { schema },
    async (request, reply) => {
      const entityId = request.params[key] as string;
      const { as_of: asOf, ...page } = request.query;
      if (asOf === undefined) return pageOf(routes, { filters: { [key]: entityId }, ...page });
      const entity = { context, projection, entityId };
      return answerAsOf(request, reply, routes, {
        entity,
        asOf,
        show: (then) => shown(listPage(projection, then, { filters: {}, ...page })),
      });
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
    querystring: listQuerystring(projection, path),
    response: pageResponses(projection, 'A parameter is unknown or has no allowed value.'),
  };
  api.get<{ Querystring: ListQuerystring }>(path, { schema }, ({ query: { limit, cursor, ...filters } }) =>
    pageOf(routes, { filters, limit, cursor }),
  );
}

function pageResponses(projection: Projection, invalid: string) {
  return {
    200: z.object({
      items: z.array(answerSchema(projection)),
      next: z.string().nullable().meta({ description: 'The cursor of the next page; null on the last.' }),
    }),
    ...problemResponses({ 400: invalid, 503: 'A store is not available.' }),
  };
}

async function pageOf({ projection, rows, clock }: ProjectionRoutes, asked: ListRequest) {
  const page = await rows.list(projection, asked);
  const now = clock.now();
  return shown({ ...page, rows: page.rows.map((row) => answerOf(projection, row, now)) });
}

/** A page as it is answered. */
function shown({ rows, next }: Page) {
  return { items: rows, next: next ?? null };
}
