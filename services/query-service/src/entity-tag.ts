import type { Projection, Revisions } from '@daybook/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

/**
 * A strong ETag for what is answered of an entity: the version of the projection and the revisions that it folds, of
 * which the answer is a pure function. What is computed when it is answered is none: then there is no tag.
 */
function entityTagOf({ version, computed }: Projection, revisions: Revisions): string | undefined {
  if (computed !== undefined) return undefined;
  const streams = Object.entries(revisions).map(([aggregate, revision]) => `${aggregate}-${revision}`);
  return `"${[`v${version}`, ...streams.sort()].join('.')}"`;
}

/** Tells the answer's ETag. @returns whether the client says that it has this very answer: then 304 is all it needs */
export function isNotModified(
  request: FastifyRequest,
  reply: FastifyReply,
  projection: Projection,
  revisions: Revisions,
): boolean {
  const tag = entityTagOf(projection, revisions);
  if (tag === undefined) return false;
  reply.header('etag', tag);
  const known = request.headers['if-none-match'] ?? '';
  // RFC 9110, 13.1.2: compared weakly. None of our tags has a comma in it.
  return known.split(',').some((one) => ['*', tag].includes(one.trim().replace(/^W\//, '')));
}

/** The answer without a body, for the OpenAPI description. */
export const notModifiedResponse = {
  304: z.null().meta({ description: '`If-None-Match` has the ETag: nothing is new.' }),
};
