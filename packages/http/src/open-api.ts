import type { SwaggerTransform, SwaggerTransformObject } from '@fastify/swagger';
import type { FastifySchema } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';

const config = {
  zodToJsonConfig: {
    /** A format says it all; zod's pattern for it is for machines only. */
    override({ jsonSchema }: { jsonSchema: { format?: unknown; pattern?: unknown } }) {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  },
};

/** Turns the routes' zod schemas into the OpenAPI document. A schema with an `id` in its meta is described once, by that name. */
export const openApiTransforms: { transform: SwaggerTransform; transformObject: SwaggerTransformObject } = {
  transform: createJsonSchemaTransform(config) as SwaggerTransform,
  transformObject: createJsonSchemaTransformObject(config),
};

/** The schema of a route that the OpenAPI document leaves out. */
export const hidden: FastifySchema = { hide: true };
