import {
  type BoundedContext,
  cursorOf,
  type EventStore,
  ownOf,
  type Projection,
  placeOf,
  type Revisions,
  readHistory,
} from '@daybook/core';
import { problem, problemResponses, sendProblem } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { HistoryEntry, historyEntryOf } from './history-entry.ts';
import { pathOf } from './paths.ts';
import { pageParameters, querystring } from './querystring.ts';

/** The highest revision that a stream can have: the stores count in 32 bits. */
const MAX_REVISION = 2 ** 31 - 2;

/** Where a page ends: a revision of each stream. What is appended meanwhile comes after, and shifts nothing. */
function placeIn({ folds }: Projection): z.ZodType<Revisions> {
  const revision = z.int().nonnegative().max(MAX_REVISION);
  return z.strictObject(
    Object.fromEntries(Object.keys(folds).map((aggregate) => [aggregate, revision.optional()])),
  ) as unknown as z.ZodType<Revisions>;
}

/** `GET /<context>/<projection>/<id>/history`: what the projection's row of an entity is the fold of, refused commands too. */
export function addHistoryRoute(
  api: FastifyInstance,
  { context, projection, store }: { context: BoundedContext; projection: Projection; store: EventStore },
): void {
  const { name, key, row } = projection;
  const place = placeIn(projection);
  const schema = {
    tags: [context.name],
    summary: `The history of one row of ${name}: every event and every refused command, in order`,
    params: z.object({ [key]: ownOf(row.shape, key) }),
    querystring: querystring(pageParameters),
    response: {
      200: z.object({
        items: z.array(HistoryEntry),
        next: z.string().nullable().meta({ description: 'The cursor of the next page; null on the last.' }),
      }),
      ...problemResponses({
        400: `No ${key}, or a parameter is unknown or has no allowed value.`,
        404: `There is no event of this ${key} (yet).`,
        410: 'The log has lost where the page before ended: it was restored to an earlier point.',
        503: 'The event store is not available.',
      }),
    },
  };
  api.get<{ Params: Record<string, string>; Querystring: { limit: number; cursor?: string } }>(
    `${pathOf(context.name, projection)}/:${key}/history`,
    { schema },
    async (request, reply) => {
      const entityId = ownOf(request.params, key) as string;
      const { limit, cursor } = request.query;
      const after = cursor === undefined ? {} : placeOf(place, cursor);
      const entity = { context: context.name, projection, entityId };
      const { events, upTo, more } = await readHistory(store, entity, { after, limit });
      if (events.length === 0 && cursor === undefined)
        return sendProblem(reply, problem(404, 'not-found', `there is no event of ${key} ${entityId}`));
      return { items: events.map((event) => historyEntryOf(context, event)), next: more ? cursorOf(upTo) : null };
    },
  );
}
