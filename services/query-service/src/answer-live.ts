import {
  answerOf,
  type Clock,
  type ListRequest,
  type LiveBuilds,
  MalformedMessage,
  type Page,
  type Projection,
  type ReadStore,
  type Revisions,
} from '@daybook/core';
import { problem, sendProblem } from '@daybook/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isNotModified } from './entity-tag.ts';
import { pageParameters } from './querystring.ts';

/** Says which version of the read model answers: while a new one is built, the one before it. */
const HEADER = 'daybook-projection';

/** What answers come from. */
export interface LiveRows {
  readonly projection: Projection;
  readonly rows: ReadStore;
  readonly liveBuilds: Pick<LiveBuilds, 'read'>;
  readonly clock: Clock;
}

/** What was found in the live build. */
interface Found {
  readonly body: object;
  /** What the body is a function of, where it is one. */
  readonly revisions?: Revisions;
}

/** One row, or a page of them, as the live build has it: another version may have it the other way. */
export async function answerEntity(
  request: FastifyRequest,
  reply: FastifyReply,
  live: LiveRows,
  entityId: string,
  page: Omit<ListRequest, 'filters'> = { limit: pageParameters.limit.parse(undefined) },
): Promise<FastifyReply> {
  const { projection, rows, clock } = live;
  const { build, found } = await readLive(reply, live, async (build): Promise<Found | undefined> => {
    if (build.itemKey !== undefined) return pageOf(live, build, { filters: { [build.key]: entityId }, ...page });
    const one = await rows.get(build, entityId);
    return one && { body: answerOf(build, one.row, clock.now()), revisions: one.revisions };
  });
  if (found === undefined) {
    const { name, key } = projection;
    return sendProblem(reply, problem(404, 'not-found', `${name} has no row of ${key} ${entityId}`));
  }
  if (found.revisions && isNotModified(request, reply, build, found.revisions)) return reply.code(304).send();
  return send(reply, projection, build, found.body);
}

/** A page of all rows. @throws MalformedMessage for a filter that the live build does not have */
export async function answerList(reply: FastifyReply, live: LiveRows, asked: ListRequest): Promise<FastifyReply> {
  const { build, found } = await readLive(reply, live, (build) => pageOf(live, build, asked));
  return send(reply, live.projection, build, found.body);
}

/** Reads from the live build, and says which version it is. */
export async function readLive<Result>(
  reply: FastifyReply,
  { projection, liveBuilds }: Pick<LiveRows, 'projection' | 'liveBuilds'>,
  read: (build: Projection) => Promise<Result>,
): Promise<{ build: Projection; found: Result }> {
  const answer = await liveBuilds.read(projection, async (build) => ({ build, found: await read(build) }));
  reply.header(HEADER, `${answer.build.name}.v${answer.build.version}`);
  return answer;
}

/** A page as it is answered. */
export function shown({ rows, next }: Page) {
  return { items: rows, next: next ?? null };
}

async function pageOf({ rows, clock }: LiveRows, build: Projection, asked: ListRequest): Promise<Found> {
  const page = await rows.list(build, { ...asked, filters: checkedFilters(build, asked.filters) });
  const now = clock.now();
  return { body: shown({ ...page, rows: page.rows.map((row) => answerOf(build, row, now)) }) };
}

/** The rows of another version than the code's go out as they are stored: as text, as the code's schema has no say in it. */
function send(reply: FastifyReply, projection: Projection, build: Projection, body: object): FastifyReply {
  if (build.version === projection.version) return reply.send(body);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** @returns the filters. @throws MalformedMessage when the live build, of another version, does not have one of them */
function checkedFilters(build: Projection, filters: ListRequest['filters']) {
  const having = [build.key, ...build.list.filters];
  const missing = Object.keys(filters).filter((column) => !having.includes(column));
  if (missing.length === 0) return filters;
  throw new MalformedMessage(
    'unknown_filter',
    `${build.name}.v${build.version} answers until a newer version is built; it has no filter ${missing.join(', ')}`,
  );
}
