import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ErrorOfReply } from './reply-schema.ts';

/**
 * RFC 9457, with the members of a command's reply where there is one.
 * `status` is the number that the RFC wants; the reply's own status is in `outcome`.
 */
export const Problem = z
  .object({
    type: z.string().meta({ description: 'urn:daybook:problem:<what went wrong>' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    outcome: z.enum(['rejected', 'invalid', 'failed']).optional(),
    command_id: z.string().nullable().optional(),
    stream: z.string().optional(),
    revision: z.int().optional(),
    token: z.string().optional().meta({ description: 'Of the recorded refusal: a query can wait for it.' }),
    projection: z.string().optional(),
    revision_seen: z.int().nullable().optional().meta({ description: 'What the read model includes; null: nothing.' }),
    row: z.record(z.string(), z.string()).optional().meta({ description: 'The keys of a row that can not be shown.' }),
    error: ErrorOfReply.optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** The media type of a problem. */
export const PROBLEM_JSON = 'application/problem+json';

/**
 * @param kind kebab-case, the end of the problem's `type`
 * @param more further members of the body
 */
export function problem(status: number, kind: string, detail: string, more: Partial<Problem> = {}): Problem {
  return { type: `urn:daybook:problem:${kind}`, title: STATUS_CODES[status] ?? 'Problem', status, detail, ...more };
}

/** Answers with the problem. As text: no serializer of the route takes part. */
export function sendProblem(reply: FastifyReply, body: Problem): FastifyReply {
  return reply.code(body.status).type(PROBLEM_JSON).send(JSON.stringify(body));
}

/** The answers of a route that are problems, for its OpenAPI description. @param meanings status → when it is given */
export function problemResponses(meanings: Readonly<Record<number, string>>) {
  const described = Object.entries(meanings).map(([status, description]) => [
    status,
    { description, content: { [PROBLEM_JSON]: { schema: Problem } } },
  ]);
  return Object.fromEntries(described) as Record<string, unknown>;
}
