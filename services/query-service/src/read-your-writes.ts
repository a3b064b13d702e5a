import {
  awaitRevision,
  type EventStore,
  HistoryLost,
  MalformedMessage,
  ownOf,
  type Projection,
  parseToken,
  streamIdOf,
  type Token,
  type WatchedRows,
} from '@daybook/core';
import { answerTooMany, preferencesOf, problem, sendProblem, type Waits, waitOf } from '@daybook/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

/** The headers of a query that must see what a command wrote. Loose: other headers are for others. */
export const ReadHeaders = z.looseObject({
  'daybook-token': z
    .string()
    .optional()
    .meta({ description: "A command's token: the answer includes what the command wrote, or is 412." }),
  prefer: z
    .string()
    .optional()
    .meta({ description: '`wait=<seconds>`: wait so long for the row to include the token (RFC 7240).' }),
});

/** Who may wait, and for how long. */
export interface TokenWaiting {
  readonly waits: Waits;
  /** The longest wait, milliseconds. */
  readonly maxWaitMs: number;
}

/** What is read with a token. */
export interface ReadWithToken {
  readonly context: string;
  readonly projection: Projection;
  /** Of the live builds. */
  readonly rows: WatchedRows;
  readonly store: Pick<EventStore, 'read'>;
  readonly waiting: TokenWaiting;
}

/**
 * A hook before a query: where it presents a token, it goes on when the projection includes the token, and is answered
 * with 412 where it doesn't in time, and with 410 where the log has lost what the token stands for.
 * @param key the path's parameter that names the entity; left out for a list, which goes with any entity's token
 */
export function readYourWrites({ context, projection, rows, store, waiting }: ReadWithToken, key?: string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const presented = request.headers['daybook-token'];
    if (typeof presented !== 'string') return undefined;
    const token = parseToken(presented);
    const entityId = key === undefined ? token.entityId : ownOf(request.params as Record<string, string>, key);
    checkFit(token, context, projection, entityId);
    if (await isIncluded(rows, projection, token)) return undefined;
    await checkInLog(store, token);

    const ms = waitOf(preferencesOf(request.headers.prefer as string | undefined), waiting.maxWaitMs);
    const wait = waiting.waits.begin(reply, ms ?? 0);
    if (wait === undefined) return answerTooMany(reply, 'queries that wait');
    if (ms !== undefined) reply.header('preference-applied', `wait=${ms / 1000}`);
    try {
      const seen = await awaitRevision(rows, projection, token, wait.over);
      return seen >= token.revision ? undefined : answerNotYet(reply, projection, token, seen);
    } finally {
      wait.end();
    }
  };
}

async function isIncluded(rows: WatchedRows, projection: Projection, token: Token): Promise<boolean> {
  const stored = await rows.load(projection, [token.entityId]);
  return (ownOf(stored.get(token.entityId)?.parts, token.aggregate)?.revision ?? -1) >= token.revision;
}

/** A command is stored before its token is given out, so what the log does not have will not come. @throws HistoryLost */
async function checkInLog(store: Pick<EventStore, 'read'>, token: Token): Promise<void> {
  const stream = streamIdOf(token.context, token.aggregate, token.entityId);
  const [event] = await store.read(stream, token.revision, 1);
  if (event === undefined) throw new HistoryLost(`${stream} does not have the token's revision ${token.revision}`);
}

function checkFit(token: Token, context: string, { name, folds }: Projection, entityId: string | undefined): void {
  const { aggregate, revision } = token;
  const stream = streamIdOf(token.context, aggregate, token.entityId);
  if (token.context !== context || !Object.hasOwn(folds, aggregate)) {
    const folded = Object.keys(folds).map((one) => `${context}-${one}`);
    const message = `${name} never includes ${stream}@${revision}: it is made of ${folded.join(', ')}`;
    throw new MalformedMessage('token_of_other_projection', message);
  }
  if (token.entityId !== entityId) {
    throw new MalformedMessage('token_of_other_entity', `the token is of ${token.entityId}, not of ${entityId}`);
  }
}

function answerNotYet(reply: FastifyReply, { name }: Projection, token: Token, seen: number): FastifyReply {
  const { context, aggregate, entityId, revision } = token;
  const stream = streamIdOf(context, aggregate, entityId);
  const detail = `${name} does not include revision ${revision} of ${stream} yet; the command itself is done. Ask again`;
  const body = problem(412, 'not-yet', detail, {
    stream,
    revision,
    projection: name,
    revision_seen: seen < 0 ? null : seen,
  });
  return sendProblem(reply.header('retry-after', '1'), body);
}
