import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ownOf } from '@daybook/core';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type AllowedMethods, pathOf } from './allowed-methods.ts';
import { PROBLEM_JSON, problem, sendProblem } from './problem.ts';

/** Answers what no route takes: 405 with `Allow` where another method would do (204 for OPTIONS, which asks just that), else 404. */
export function answerUnrouted(methods: AllowedMethods) {
  return ({ method, url }: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const allowed = methods.of(url);
    if (allowed.length === 0) {
      const detail = `no ${method} ${pathOf(url)}; /openapi.json lists what there is`;
      return sendProblem(reply, problem(404, 'unknown-path', detail));
    }
    reply.header('allow', allowed.join(', '));
    if (method === 'OPTIONS') return reply.code(204).send();
    const detail = `${pathOf(url)} takes ${allowed.join(', ')}, not ${method}`;
    return sendProblem(reply, problem(405, 'method-not-allowed', detail));
  };
}

/** Answers a path that can't be read: one that is not well encoded, or has too long a part. */
export function answerBadPath(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const body =
    error.statusCode === 414
      ? problem(414, 'path-too-long', 'a part of the path is too long')
      : problem(400, 'malformed-path', 'the path is not percent-encoded UTF-8');
  void sendProblem(reply, body);
}

/** Answers an expectation other than that of `100-continue`, which is all that there is (RFC 9110, 10.1.1). */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const body = JSON.stringify(problem(417, 'unknown-expectation', 'Expect can be 100-continue, or left out'));
  response.writeHead(417, {
    'content-type': PROBLEM_JSON,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}

/** Answers what is no HTTP request, as far as the connection still takes an answer, and closes it. */
export function answerNoRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, kind, detail] = ownOf(NO_REQUEST, error.code ?? '') ?? [
    400,
    'malformed-request',
    'this is no HTTP request',
  ];
  const body = problem(status, kind, detail);
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${body.title}`,
    `content-type: ${PROBLEM_JSON}`,
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${text}`);
  socket.destroySoon();
}

const NO_REQUEST: Readonly<Record<string, readonly [status: number, kind: string, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request-timeout', 'the request took too long to come'],
  HPE_HEADER_OVERFLOW: [431, 'headers-too-large', 'the headers are too large'],
};
