import { afterFault, type CommandBus, type Log, MalformedMessage, type Reply, within } from '@daybook/core';
import { type Problem, problem, sendProblem } from '@daybook/http';
import type { FastifyReply } from 'fastify';

/** Milliseconds in which a broker that works says so. */
const PING_TIMEOUT_MS = 1000;

/** Which HTTP status an outcome is; `accepted` is the only one that is no problem. */
const STATUS = { rejected: 422, invalid: 400, failed: 500 } as const;

/** Answers with the outcome of a command. @returns what Fastify is to send */
export function answerReply(reply: FastifyReply, outcome: Reply): unknown {
  if (outcome.status === 'accepted') return outcome;
  const { status, ...members } = outcome;
  const body =
    outcome.error.code === 'message_id_reused'
      ? problem(422, 'idempotency-key-reused', outcome.error.message)
      : problem(STATUS[status], status, outcome.error.message);
  return sendProblem(reply, { ...body, ...(members as Partial<Problem>), outcome: status });
}

/**
 * Answers when no outcome came: 504 when the broker works, 503 when it does not. Both tell how to learn the outcome,
 * for in both the command may take effect.
 * @throws what is not a matter of availability
 */
export async function answerUnknownOutcome(
  reply: FastifyReply,
  error: unknown,
  { bus, stream, command_id, log }: { bus: CommandBus; stream: string; command_id: string; log: Log },
): Promise<unknown> {
  if (error instanceof MalformedMessage) {
    // The broker refused it: no command-service has ever declared the context's queue.
    return sendProblem(reply, problem(503, 'context-not-served', error.message, { stream, command_id }));
  }
  if (afterFault(error) !== 'wait') throw error;
  const advice =
    `The command may still take effect: send it again with the same Idempotency-Key, which changes nothing when it did, ` +
    `or ask the query-service for /outcomes/${encodeURIComponent(stream)}/${encodeURIComponent(command_id)}`;
  const reachable = await answersInTime(bus);
  log.warn({ err: error, stream, command_id, broker_reachable: reachable }, 'outcome not known in time');
  reply.header('retry-after', '1');
  const body = reachable
    ? problem(504, 'outcome-not-known-yet', `No outcome came in time. ${advice}`, { stream, command_id })
    : problem(503, 'broker-unavailable', `The broker can't be reached. ${advice}`, { stream, command_id });
  return sendProblem(reply, body);
}

async function answersInTime(bus: CommandBus): Promise<boolean> {
  try {
    await within(PING_TIMEOUT_MS, bus.ping());
    return true;
  } catch {
    return false;
  }
}
