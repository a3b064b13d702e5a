import type { CommandBus, Log } from '@daybook/core';
import { answerErrors } from '@daybook/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerUnknownOutcome } from './answers.ts';
import { OutcomeUnknown } from './outcome-unknown.ts';

/** Answers what a route of the app's own throws as the gateway's own routes answer it. */
export function answerOwnErrors(bus: CommandBus, log: Log) {
  const answerOthers = answerErrors(log);
  return async (error: Error, request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (!(error instanceof OutcomeUnknown)) return answerOthers(error, request, reply);
    const { stream, commandId: command_id } = error;
    return answerUnknownOutcome(reply, error.cause, { bus, stream, command_id, log });
  };
}
