import type { Projection, ReadStore } from '@daybook/core';
import { problem, problemResponses, sendProblem } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type ListQuerystring, listQuerystring } from './list-querystring.ts';

/** `GET /<context>/<projection>/<id>` and `GET /<context>/<projection>`; all about them comes from the projection. */
export function addProjectionRoutes(
  api: FastifyInstance,
  context: string,
  projection: Projection,
  rows: ReadStore,
): void {
  const { name, key, row, list } = projection;
  const path = `/${context}/${name.replaceAll('_', '-')}`;
  const about = { tags: [context] };

  const one = {
    ...about,
    summary: `One row of ${name}`,
    params: z.object({ [key]: row.shape[key] }),
    response: {
      200: row,
      ...problemResponses({
        400: `No ${key}.`,
        404: 'There is no such row (yet).',
        503: 'The read store is not available.',
      }),
    },
  };
  api.get<{ Params: Record<string, string> }>(`${path}/:${key}`, { schema: one }, async (request, reply) => {
    const entityId = request.params[key] as string;
    const found = await rows.get(projection, entityId);
    if (found !== undefined) return found;
    return sendProblem(reply, problem(404, 'not-found', `${name} has no row of ${key} ${entityId}`));
  });

  const many = {
    ...about,
    summary: `Rows of ${name}, by ${list.orderBy}`,
    querystring: listQuerystring(projection),
    response: {
      200: z.object({
        items: z.array(row),
        next: z.string().nullable().meta({ description: 'The cursor of the next page; null on the last.' }),
      }),
      ...problemResponses({
        400: 'A parameter is unknown or has no allowed value.',
        503: 'The read store is not available.',
      }),
    },
  };
  api.get<{ Querystring: ListQuerystring }>(path, { schema: many }, async (request) => {
    const { limit, cursor, ...filters } = request.query;
    const page = await rows.list(projection, { filters, limit, cursor });
    return { items: page.rows, next: page.next ?? null };
  });
}
