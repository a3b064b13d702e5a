import { afterFault, HistoryLost, type Issue, type Log, MalformedMessage } from '@daybook/core';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { PlainOnly } from './plain-only.ts';
import { type Problem, problem, sendProblem } from './problem.ts';

/** Seconds after which it is worth asking again when something is not available. */
const RETRY_AFTER_S = '1';

/** Fastify's names of the parts of a request → those of the documentation. */
const PARTS: Record<string, string> = { querystring: 'query', params: 'path', headers: 'header', body: 'body' };

/** Turns whatever a route throws into a problem. What is nobody's mistake but ours goes to the log, not to the client. */
export function answerErrors(log: Log) {
  return (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const body = problemOf(error);
    const fields = { err: error, method: request.method, route: request.routeOptions.url };
    if (body.status === 500) log.error(fields, 'request failed');
    if (body.status === 503) {
      log.warn(fields, 'request needs what is not available');
      reply.header('retry-after', RETRY_AFTER_S);
    }
    // RFC 9110, 15.5.16: which encodings would be taken.
    if (error instanceof PlainOnly) reply.header('accept-encoding', 'identity');
    return sendProblem(reply, body);
  };
}

function problemOf(error: FastifyError | Error): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error);
  if (error instanceof MalformedMessage) return malformed(error);
  if (error instanceof HistoryLost) return problem(410, 'history-lost', error.message);
  if (afterFault(error) === 'wait')
    return problem(503, 'unavailable', 'a server behind this one does not answer; try again');
  if (error instanceof PlainOnly) return problem(415, 'unsupported-content-encoding', error.message);
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  if (status === 413) return problem(413, 'body-too-large', 'the body is larger than 1 MiB');
  if (status === 415)
    return problem(415, 'unsupported-media-type', 'the body has to be JSON, sent as application/json');
  if (status >= 400 && status < 500) return problem(status, 'bad-request', error.message);
  return problem(500, 'internal', 'something broke here; it was logged');
}

function invalidRequest(
  error: Pick<FastifyError, 'validationContext'> & {
    validation: readonly { instancePath: string; message?: string }[];
  },
) {
  const part = PARTS[error.validationContext ?? ''] ?? 'request';
  const issues = error.validation.map(({ instancePath, message = 'is not valid' }): Issue => {
    const field = instancePath.split('/').filter(Boolean).join('.');
    return { path: field === '' ? part : `${part}.${field}`, message };
  });
  return malformed({
    code: 'invalid_request',
    issues,
    message: issues.map((one) => `${one.path}: ${one.message}`).join('; '),
  });
}

function malformed({ code, message, issues }: { code: string; message: string; issues: readonly Issue[] }): Problem {
  const error = issues.length > 0 ? { code, message, issues: [...issues] } : { code, message };
  return problem(400, code.replaceAll('_', '-'), message, { error });
}
