import { type LiveBuilds, MalformedMessage, type Projection } from '@daybook/core';
import type { FastifyReply } from 'fastify';

/** Says which version of the read model answers: while a new one is built, the one before it. */
const HEADER = 'daybook-projection';

/** Answers with what the live build has. The rows of another version than the code's go out as they are stored. */
export async function answerLive<Body extends object>(
  { projection, liveBuilds }: { projection: Projection; liveBuilds: Pick<LiveBuilds, 'read'> },
  reply: FastifyReply,
  read: (live: Projection) => Promise<Body | undefined>,
): Promise<Body | FastifyReply | undefined> {
  const { live, body } = await liveBuilds.read(projection, async (live) => ({ live, body: await read(live) }));
  reply.header(HEADER, `${live.name}.v${live.version}`);
  if (body === undefined || live.version === projection.version) return body;
  // As text: the schema of the code's version has no say in it.
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** @returns the filters. @throws MalformedMessage when the live build, of another version, does not have one of them */
export function checkedFilters(live: Projection, filters: Readonly<Record<string, string>>) {
  const having = [live.key, ...live.list.filters];
  const missing = Object.keys(filters).filter((column) => !having.includes(column));
  if (missing.length === 0) return filters;
  throw new MalformedMessage(
    'unknown_filter',
    `${live.name}.v${live.version} answers until a newer version is built; it has no filter ${missing.join(', ')}`,
  );
}
