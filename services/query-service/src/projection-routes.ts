import {
  answerOf,
  answerSchema,
  type Clock,
  type ItemsProjection,
  type LiveBuilds,
  type Projection,
  type ReadStore,
  type RowProjection,
  type WatchedRows,
} from '@daybook/core';
import { problem, problemResponses, sendProblem } from '@daybook/http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { answerLive, checkedFilters } from './answer-live.ts';
import { DEFAULT_LIMIT, type ListQuerystring, listQuerystring } from './list-querystring.ts';
import { LIVE, type LiveUpdates } from './live/live-updates.ts';
import { ReadHeaders, readYourWrites, type TokenWaiting } from './read-your-writes.ts';

/** What the routes of a projection are made of. */
export interface ProjectionRoutes {
  readonly context: string;
  readonly projection: Projection;
  readonly rows: ReadStore;
  /** Those of the live builds, for who waits. */
  readonly watched: WatchedRows;
  readonly liveBuilds: Pick<LiveBuilds, 'read'>;
  /** For what is computed when it is answered. */
  readonly clock: Clock;
  readonly waiting: TokenWaiting;
  readonly live: LiveUpdates;
}

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
    params: z.object({ [key]: row.shape[key] }),
    response: {
      200: answerSchema(projection),
      ...problemResponses({
        400: `No ${key}.`,
        404: 'There is no such row (yet).',
        412: NOT_YET,
        503: 'The read store is not available.',
      }),
    },
  };
  api.get<{ Params: Record<string, string> }>(
    `${pathOf(context, projection)}/:${key}`,
    { schema, preHandler: hooksOf(routes, key) },
    (request, reply) => answerEntity(routes, reply, request.params[key] as string),
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
    params: z.object({ [key]: row.shape[key] }),
    querystring: listQuerystring(projection, []),
    response: pageResponses(projection, `No ${key}, or a parameter is unknown or has no allowed value.`),
  };
  api.get<{ Params: Record<string, string>; Querystring: ListQuerystring }>(
    `${pathOf(context, projection)}/:${key}`,
    { schema, preHandler: hooksOf(routes, key) },
    (request, reply) => answerEntity(routes, reply, request.params[key] as string, request.query),
  );
}

function addListRoute(api: FastifyInstance, routes: ProjectionRoutes) {
  const { context, projection } = routes;
  const { name, list } = projection;
  const schema = {
    tags: [context],
    summary: `Rows of ${name}, by ${list.orderBy}`,
    description: LIVE,
    headers: ReadHeaders,
    querystring: listQuerystring(projection, list.filters),
    response: pageResponses(projection, 'A parameter is unknown or has no allowed value.'),
  };
  api.get<{ Querystring: ListQuerystring }>(
    pathOf(context, projection),
    { schema, preHandler: hooksOf(routes) },
    (request, reply) => answerLive(routes, reply, (live) => pageOf(routes, live, request.query)),
  );
}

const NOT_YET = 'The read model does not include the token yet.';

/** What may take over a query, or keep it waiting. @param key the path's parameter that names the entity */
function hooksOf({ context, projection, watched: rows, waiting, live }: ProjectionRoutes, key?: string) {
  return [live.hook(context, projection, key), readYourWrites({ context, projection, rows, waiting }, key)];
}

function pathOf(context: string, { name }: Projection): string {
  return `/${context}/${name.replaceAll('_', '-')}`;
}

function pageResponses(projection: Projection, invalid: string) {
  return {
    200: z.object({
      items: z.array(answerSchema(projection)),
      next: z.string().nullable().meta({ description: 'The cursor of the next page; null on the last.' }),
    }),
    ...problemResponses({ 400: invalid, 412: NOT_YET, 503: 'The read store is not available.' }),
  };
}

/** One row, or a page of them, as the live build has it: another version may have it the other way. */
async function answerEntity(
  routes: ProjectionRoutes,
  reply: FastifyReply,
  entityId: string,
  asked = { limit: DEFAULT_LIMIT } as ListQuerystring,
): Promise<unknown> {
  const { projection, rows, clock } = routes;
  const found = await answerLive(routes, reply, async (live) => {
    if (live.itemKey !== undefined) return pageOf(routes, live, { ...asked, [live.key]: entityId });
    const row = await rows.get(live, entityId);
    return row && answerOf(live, row, clock.now());
  });
  if (found !== undefined) return found;
  const { name, key } = projection;
  return sendProblem(reply, problem(404, 'not-found', `${name} has no row of ${key} ${entityId}`));
}

async function pageOf({ rows, clock }: ProjectionRoutes, live: Projection, asked: ListQuerystring) {
  const { limit, cursor, last_event_id: _, ...filters } = asked;
  const page = await rows.list(live, { filters: checkedFilters(live, filters), limit, cursor });
  const now = clock.now();
  return { items: page.rows.map((row) => answerOf(live, row, now)), next: page.next ?? null };
}
