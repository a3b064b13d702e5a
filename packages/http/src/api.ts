import type { Log } from '@daybook/core';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { watchMethods } from './allowed-methods.ts';
import { answerErrors } from './errors.ts';
import { hidden, openApiTransforms } from './open-api.ts';
import { answerBadPath, answerNoRequest, answerUnrouted } from './refusals.ts';

/** Characters that a path parameter may have: a command id of 255, each written as %XX, and some room. */
const MAX_PARAM_LENGTH = 1024;

/**
 * An HTTP API without routes: zod schemas check what comes in and describe it at `/openapi.json` (OpenAPI 3.1),
 * errors are problem+json, each answer is a line at debug.
 */
export async function createApi(about: { title: string; description: string; log: Log }): Promise<FastifyInstance> {
  const { title, description, log } = about;
  const api = fastify({
    logger: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: answerBadPath,
    clientErrorHandler: answerNoRequest,
  });
  // JSON or nothing: text would otherwise be taken, and refused as no object.
  api.removeContentTypeParser('text/plain');
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
    openapi: { openapi: '3.1.0', info: { title, description, version: '1' } },
    ...openApiTransforms,
  });
  api.get('/openapi.json', { schema: hidden }, () => api.swagger());
  return api;
}
