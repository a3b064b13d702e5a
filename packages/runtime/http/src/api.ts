import type { Log } from '@daybook/core';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { watchMethods } from './allowed-methods.ts';
import { answerErrors } from './errors.ts';
import { takeJsonAlone } from './json-body.ts';
import { hidden, openApiTransforms } from './open-api.ts';
import { noteRoutes } from './own-routes.ts';
import { answerBadPath, answerExpectation, answerNoRequest, answerUnrouted } from './refusals.ts';

/** Characters that a path parameter may have: a stream with an id of 1,024 bytes, each written as %XX, and some room. */
const MAX_PARAM_LENGTH = 4096;

/** What an API says of itself. */
export interface ApiDescription {
  readonly title: string;
  readonly description: string;
  /** Where it listens by default, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly log: Log;
  readonly limits?: Partial<ConnectionLimits>;
}

/** What clients may take of a service that they have not asked anything yet. Times in milliseconds. */
export interface ConnectionLimits {
  /** For the headers of a request to come. */
  readonly headersTimeoutMs: number;
  /** For all of a request to come, its body included. */
  readonly requestTimeoutMs: number;
  /** Between looks for requests that take too long. */
  readonly checkMs: number;
  /** Connections open at once; one more is closed as it comes. */
  readonly maxConnections: number;
}

const LIMITS: ConnectionLimits = {
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 30_000,
  checkMs: 5000,
  maxConnections: 10_000,
};

/**
 * An HTTP API without routes: zod schemas check what comes in and describe it at `/openapi.json` (OpenAPI 3.1),
 * errors are problem+json, each answer is a line at debug.
 */
export async function createApi(about: ApiDescription): Promise<FastifyInstance> {
  const { title, description, url, log } = about;
  const limits = { ...LIMITS, ...about.limits };
  const api = fastify({
    logger: false,
    requestTimeout: limits.requestTimeoutMs,
    http: { headersTimeout: limits.headersTimeoutMs, connectionsCheckingInterval: limits.checkMs },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: answerBadPath,
    clientErrorHandler: answerNoRequest,
  });
  noteRoutes(api);
  api.server.maxConnections = limits.maxConnections;
  api.server.on('checkExpectation', answerExpectation);
  takeJsonAlone(api);
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  api.setErrorHandler(answerErrors(log));
  api.setNotFoundHandler(answerUnrouted(watchMethods(api)));
  api.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    log.debug(
      { method, route: routeOptions.url, status: reply.statusCode, duration_ms: reply.elapsedTime },
      'request answered',
    );
  });
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, description, version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      servers: [{ url, description: 'Where it listens unless it is told otherwise.' }],
      // Nobody has to sign in.
      security: [],
    },
    ...openApiTransforms,
  });
  api.get('/openapi.json', { schema: hidden }, () => api.swagger());
  return api;
}
