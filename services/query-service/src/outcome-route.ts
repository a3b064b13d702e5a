import { type EventStore, parseStreamId } from '@daybook/core';
import { problem, problemResponses, RecordedReply, sendProblem } from '@daybook/http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { outcomeOf } from './outcome-of.ts';

const Params = z.object({
  stream: z.string().refine(isStreamName, { error: 'a stream is named <context>-<Aggregate>-<id>' }),
  command_id: z.string().min(1),
});

/** `GET /outcomes/<stream>/<command_id>`: for who sent a command and did not see the answer. */
export function addOutcomeRoute(api: FastifyInstance, store: EventStore): void {
  const schema = {
    tags: ['outcomes'],
    summary: 'The recorded outcome of a command',
    params: Params,
    response: {
      200: RecordedReply,
      ...problemResponses({
        400: 'No name of a stream.',
        404: 'No outcome yet.',
        503: 'The event store is not available.',
      }),
    },
  };
  api.get<{ Params: z.infer<typeof Params> }>('/outcomes/:stream/:command_id', { schema }, async (request, reply) => {
    const { stream, command_id } = request.params;
    const outcome = await outcomeOf(store, stream, command_id);
    if (outcome !== undefined) return outcome;
    return sendProblem(
      reply,
      problem(404, 'no-outcome-yet', `${stream} has no outcome of this command yet`, { command_id, stream }),
    );
  });
}

function isStreamName(name: string): boolean {
  try {
    parseStreamId(name);
    return true;
  } catch {
    return false;
  }
}
