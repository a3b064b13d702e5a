import {
  type Clock,
  type FoundRow,
  type ListRequest,
  type LiveBuilds,
  type Log,
  MalformedMessage,
  type Projection,
  type ReadStore,
  type Revisions,
} from '@daybook/core';
import { type Problem, problem, sendProblem } from '@daybook/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isNotModified } from './entity-tag.ts';
import { pageParameters } from './querystring.ts';
import { showPage, showRows } from './shown-rows.ts';

/** Says which version of the read model answers: while a new one is built, the one before it. */
const HEADER = 'daybook-projection';

/** What answers come from. */
export interface LiveRows {
  readonly projection: Projection;
  readonly rows: ReadStore;
  readonly liveBuilds: Pick<LiveBuilds, 'read'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What was found in the live build. */
interface Found {
  readonly body: object;
  /** That the row can't be shown, instead of it. */
  readonly problem?: Problem | undefined;
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
  const { projection, rows } = live;
  const { build, found } = await readLive(reply, live, async (build): Promise<Found | undefined> => {
    if (build.itemKey !== undefined) return pageOf(live, build, { filters: { [build.key]: entityId }, ...page });
    const one = await rows.get(build, entityId);
    return one && rowOf(live, build, one);
  });
  if (found === undefined) {
    const { name, key } = projection;
    return sendProblem(reply, problem(404, 'not-found', `${name} has no row of ${key} ${entityId}`));
  }
  if (found.problem !== undefined) return sendProblem(reply, found.problem);
  if (found.revisions && isNotModified(request, reply, build, found.revisions)) return reply.code(304).send();
  return send(reply, found.body);
}

/** A page of all rows. @throws MalformedMessage for a filter that the live build does not have */
export async function answerList(reply: FastifyReply, live: LiveRows, asked: ListRequest): Promise<FastifyReply> {
  const { found } = await readLive(reply, live, (build) => pageOf(live, build, asked));
  return send(reply, found.body);
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

/** The rows of another version than the code's go out as they are stored: the code's schema has no say in it. */
function isOwn({ projection }: LiveRows, build: Projection): boolean {
  return build.version === projection.version;
}

function rowOf(live: LiveRows, build: Projection, { row, revisions }: FoundRow): Found {
  if (!isOwn(live, build)) return { body: row, revisions };
  const { items, problems } = showRows(build, [row], live.clock.now(), live.log);
  return { body: items[0] ?? {}, problem: problems[0], revisions };
}

async function pageOf(live: LiveRows, build: Projection, asked: ListRequest): Promise<Found> {
  const page = await live.rows.list(build, { ...asked, filters: checkedFilters(build, asked.filters) });
  if (!isOwn(live, build)) return { body: { items: page.rows, next: page.next ?? null } };
  return { body: showPage(build, page, live.clock.now(), live.log) };
}

/** As text: the rows have been checked, and a serializer would check them again. */
function send(reply: FastifyReply, body: object): FastifyReply {
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
