import {
  type AsOf,
  type Clock,
  type EventStore,
  entityAsOf,
  hasPosition,
  type ListRequest,
  type Log,
  listPage,
  type ProjectedEntity,
} from '@daybook/core';
import { problem, sendProblem } from '@daybook/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isNotModified } from './entity-tag.ts';
import { showPage, showRows } from './shown-rows.ts';

/** What is answered of an entity as it was. */
export interface AsOfAnswer {
  readonly entity: ProjectedEntity;
  readonly asOf: AsOf;
  /** Which of the entity's rows, where it has several. */
  readonly page: Omit<ListRequest, 'filters'>;
}

/**
 * Answers for a moment of an entity's history, folded from its events: no stored row is looked at. `Daybook-As-Of` says
 * which moment was taken, `Daybook-Position` which event of the feed is the last that counts.
 * @throws MalformedMessage for a moment that can't be answered for; Unavailable
 */
export async function answerAsOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { store, clock, log }: { store: EventStore; clock: Clock; log: Log },
  { entity, asOf, page }: AsOfAnswer,
): Promise<FastifyReply> {
  const { projection, entityId } = entity;
  const { rows, revisions, last, known } = await entityAsOf(store, entity, asOf, clock.now().toISOString());
  const moment = 'time' in asOf ? asOf.time : String(asOf.position);
  const what = `${projection.key} ${entityId}`;
  if (!known) return sendProblem(reply, problem(404, 'not-found', `there is no event of ${what}`));
  if (last === undefined)
    return sendProblem(reply, problem(404, 'before-the-first-event', `${what} has events, but none as of ${moment}`));
  reply.header('daybook-as-of', moment);
  if (hasPosition(last)) reply.header('daybook-position', String(last.position));
  if (rows.length === 0 && projection.itemKey === undefined)
    return sendProblem(reply, problem(404, 'no-row-then', `${projection.name} had no row of ${what} as of ${moment}`));
  // What is computed is computed as of the moment too: where it is a position, when that event was recorded.
  const then = new Date('time' in asOf ? asOf.time : last.metadata.recorded_at);
  const isOne = projection.itemKey === undefined;
  const shown = isOne
    ? showRows(projection, rows, then, log)
    : showPage(projection, listPage(projection, rows, { filters: {}, ...page }), then, log);
  const [unreadable] = shown.problems ?? [];
  if (isOne && unreadable !== undefined) return sendProblem(reply, unreadable);
  if (isNotModified(request, reply, projection, revisions)) return reply.code(304).send();
  return reply.send(isOne ? shown.items[0] : shown);
}
