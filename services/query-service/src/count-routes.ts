import { type CountByDay, day, type LiveBuilds, type Projection, type ReadStore, Unavailable } from '@daybook/core';
import { problemResponses } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readLive } from './answer-live.ts';
import { pathOf } from './paths.ts';
import { querystring } from './querystring.ts';

/** What the counts of a projection are made of. */
export interface CountRoutes {
  readonly context: string;
  readonly projection: Projection;
  readonly rows: ReadStore;
  readonly liveBuilds: Pick<LiveBuilds, 'read'>;
}

/** `GET /<context>/<projection>/<name>?from=&to=` for each count by day that the projection declares. */
export function addCountRoutes(api: FastifyInstance, routes: CountRoutes): void {
  for (const [name, count] of Object.entries(routes.projection.counts ?? {})) addCountRoute(api, routes, name, count);
}

function addCountRoute(
  api: FastifyInstance,
  { context, projection, rows, liveBuilds }: CountRoutes,
  name: string,
  count: CountByDay,
) {
  const counted = Object.keys(count.of).map((one) => [one, z.int().nonnegative()]);
  const schema = {
    tags: [context],
    summary: `The ${name} of ${projection.name}, by the day of ${count.day}`,
    querystring: querystring({
      from: day().optional().meta({ description: 'The first day, in UTC.' }),
      to: day().optional().meta({ description: 'The last day, in UTC.' }),
    }).refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
      error: 'is after the last day, `to`',
      path: ['from'],
    }),
    response: {
      200: z.object({
        items: z
          .array(z.object({ day: day(), ...(Object.fromEntries(counted) as Record<string, z.ZodInt>) }))
          .meta({ description: 'A day without any row is left out.' }),
      }),
      ...problemResponses({ 400: 'No day, or the first is after the last.', 503: 'The read store is not available.' }),
    },
  };
  api.get<{ Querystring: { from?: string; to?: string } }>(
    `${pathOf(context, projection)}/${name}`,
    { schema },
    async ({ query }, reply) => {
      const { found } = await readLive(reply, { projection, liveBuilds }, async (build) => {
        if (build.version !== projection.version) throw new Unavailable('the count', 'a new version is being built');
        return rows.countByDay(build, count, query);
      });
      return { items: found.map(({ day: on, counts }) => ({ day: on, ...counts })) };
    },
  );
}
