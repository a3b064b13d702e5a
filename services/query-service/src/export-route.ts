import { Readable } from 'node:stream';
import type { Clock, LiveBuilds, Log, Projection, ReadStore } from '@daybook/core';
import { problemResponses } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readLive } from './answer-live.ts';
import { exportRows, formats } from './export-rows.ts';
import { pathOf } from './paths.ts';
import { querystring } from './querystring.ts';

const Format = z.enum(Object.keys(formats) as (keyof typeof formats)[]);

/** What the export of a projection is made of. */
export interface ExportRoute {
  readonly context: string;
  readonly projection: Projection;
  readonly rows: ReadStore;
  readonly liveBuilds: Pick<LiveBuilds, 'read'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** `GET /<context>/<projection>/export?format=`, for a projection that is `exported`: all rows, as fast as they are taken. */
export function addExportRoute(api: FastifyInstance, route: ExportRoute): void {
  const { context, projection, rows, liveBuilds, clock, log } = route;
  if (projection.exported !== true) return;
  const described = Object.values(formats).map(({ mediaType }) => [mediaType.split(';')[0], { schema: z.string() }]);
  const schema = {
    tags: [context],
    summary: `All rows of ${projection.name}`,
    querystring: querystring({ format: Format.default('csv') }),
    response: {
      200: { description: 'The rows.', content: Object.fromEntries(described) as Record<string, unknown> },
      ...problemResponses({ 400: 'A parameter is unknown.', 503: 'The read store is not available.' }),
    },
  };
  // A HEAD would read all rows for nothing.
  api.get<{ Querystring: { format: keyof typeof formats } }>(
    `${pathOf(context, projection)}/export`,
    { schema, exposeHeadRoute: false },
    async ({ query: { format } }, reply) => {
      // Read before anything is answered: a store that is away is a problem, not a broken connection.
      // A build that another takes the place of later breaks the connection.
      const { found } = await readLive(reply, { projection, liveBuilds }, async (build) => {
        const text = exportRows(rows, build, formats[format], clock.now());
        return { first: await text.next(), text };
      });
      reply.type(formats[format].mediaType);
      reply.header('content-disposition', `attachment; filename="${projection.name}.${format}"`);
      const body = Readable.from(resumed(found.first, found.text), { objectMode: false });
      // Fastify then cuts the connection: what has been sent must not look whole.
      body.on('error', (err) => log.warn({ err, projection: projection.name }, 'an export failed before its end'));
      return reply.send(body);
    },
  );
}

async function* resumed(first: IteratorResult<string, void>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
