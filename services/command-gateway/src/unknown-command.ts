import type { BoundedContext } from '@daybook/core';
import { hidden, problem, sendProblem } from '@daybook/http';
import type { FastifyInstance } from 'fastify';

/** Answers a command that no context has with the ones there are. */
export function addUnknownCommandRoute(api: FastifyInstance, contexts: readonly BoundedContext[]): void {
  api.post<{ Params: { context: string; type: string } }>(
    '/commands/:context/:type',
    { schema: hidden },
    (request, reply) => {
      const context = contexts.find(({ name }) => name === request.params.context);
      const detail =
        context === undefined
          ? `no context '${request.params.context}'; these are: ${contexts.map(({ name }) => name).join(', ')}`
          : `'${request.params.type}' is no command of ${context.name}; these are: ${[...context.commands.keys()].join(', ')}`;
      return sendProblem(reply, problem(404, context === undefined ? 'unknown-context' : 'unknown-command', detail));
    },
  );
}
