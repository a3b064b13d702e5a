import {
  type BoundedContext,
  type CommandBus,
  type Log,
  MalformedMessage,
  ownOf,
  parseData,
  streamIdOf,
  type WatchedRows,
} from '@daybook/core';
import { AcceptedReply, preferencesOf, problemResponses, type Waits } from '@daybook/http';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaCompiler } from 'fastify';
import { answerReply, answerUnknownOutcome } from './answers.ts';
import { CommandHeaders, commandOf, idempotencyKeyOf, waitMs } from './command-headers.ts';
import { projectionsToAwait, StrongConsistency } from './consistency.ts';

const ANSWER_HEADERS =
  'The header Daybook-Token of an accepted or rejected command is for the query-service, to read what it wrote. ' +
  'Where strong consistency was preferred, Daybook-Consistency says whether the read models include it: strong or eventual.';

/** One command of one context, and how it is sent. */
export interface CommandRoute {
  readonly context: BoundedContext;
  readonly type: string;
  readonly bus: CommandBus;
  readonly log: Log;
  readonly timeoutMs: number;
  readonly rows: WatchedRows;
  /** Those that wait for read models. */
  readonly waits: Waits;
}

/** `POST /commands/<context>/<type>`: the body is the command's data. */
export function addCommandRoute(api: FastifyInstance, route: CommandRoute): void {
  const { context, type } = route;
  const known = context.commands.get(type);
  const schema = {
    tags: [context.name],
    summary: `${type} of a ${known?.aggregate.name}`,
    description: ANSWER_HEADERS,
    headers: CommandHeaders,
    body: known?.schema.shape.data,
    response: {
      200: AcceptedReply,
      ...problemResponses({
        400: 'Not a valid command; nothing was published.',
        413: 'The body is too large.',
        415: 'The body is not sent as application/json.',
        422: 'The domain refused it, `error.code` says why; or the Idempotency-Key was used before for another command.',
        500: 'It could not be handled, and was set aside for an operator.',
        503: 'The broker or the service behind it is not available.',
        504: 'The outcome is not known yet; the command may still take effect.',
      }),
    },
  };
  // Built once by Fastify, for each part of the request. The body is checked by what checks it on the broker's side too.
  const checkAllButBody: FastifySchemaCompiler<unknown> = (part) =>
    part.httpPart === 'body'
      ? (data) => ({ value: data })
      : (api.validatorCompiler as FastifySchemaCompiler<unknown>)(part);
  api.post<{ Headers: CommandHeaders }>(
    `/commands/${context.name}/${type}`,
    { schema, validatorCompiler: checkAllButBody },
    (request, reply) => send(route, request, reply),
  );
}

async function send(route: CommandRoute, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { context, type, bus, timeoutMs } = route;
  const headers = request.headers as CommandHeaders;
  const parsed = parseBody(context, type, request.body);
  if (parsed instanceof MalformedMessage) {
    const { code, message, issues } = parsed;
    return answerReply(reply, {
      status: 'invalid',
      command_id: idempotencyKeyOf(headers) ?? null,
      error: { code, message, issues },
    });
  }
  const { aggregate, command } = parsed;
  const message = commandOf(context.name, command, headers);
  const preferences = preferencesOf(headers.prefer);
  const projections = projectionsToAwait(preferences, context, aggregate.name);
  const entityId = String(ownOf(command.data as Record<string, unknown>, aggregate.id));
  const wait = waitMs(preferences, timeoutMs);
  const applied = wait < timeoutMs ? [`wait=${wait / 1000}`] : [];
  const start = performance.now();
  const consistency = new StrongConsistency(projections, entityId, route);
  try {
    const outcome = await bus.request(message, { timeoutMs: wait });
    if ('token' in outcome) {
      reply.header('daybook-token', outcome.token);
      if (consistency.wanted) {
        const ms = Math.max(0, wait - (performance.now() - start));
        const strong = await consistency.reached(reply, outcome.token, ms);
        reply.header('daybook-consistency', strong ? 'strong' : 'eventual');
        if (strong) applied.unshift('consistency=strong');
      }
    }
    if (applied.length > 0) reply.header('preference-applied', applied.join(', '));
    return answerReply(reply, outcome);
  } catch (error) {
    const stream = streamIdOf(context.name, aggregate.name, entityId);
    return answerUnknownOutcome(reply, error, { bus, stream, command_id: message.commandId, log: route.log });
  } finally {
    consistency.end();
  }
}

/** @returns what is wrong with the command instead, if something is */
export function parseBody(context: BoundedContext, type: string, body: unknown) {
  try {
    return parseData(context, type, body);
  } catch (error) {
    if (error instanceof MalformedMessage) return error;
    throw error;
  }
}
