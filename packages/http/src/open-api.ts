import type { SwaggerTransform, SwaggerTransformObject } from '@fastify/swagger';
import type { FastifySchema } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { describeForReaders } from './json-schema.ts';

const config = { zodToJsonConfig: { override: describeForReaders } };
const withAllComponents = createJsonSchemaTransformObject(config);

/** Turns the routes' zod schemas into the OpenAPI document. A schema with an `id` in its meta is described once, by that name. */
export const openApiTransforms: { transform: SwaggerTransform; transformObject: SwaggerTransformObject } = {
  transform: createJsonSchemaTransform(config) as SwaggerTransform,
  transformObject: (document) => withoutUnusedSchemas(withAllComponents(document) as OpenApi) as never,
};

/** The schema of a route that the OpenAPI document leaves out. */
export const hidden: FastifySchema = { hide: true };

interface OpenApi {
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

/** Each named schema is generated twice, as what is read and as what is written: only what something refers to stays. */
function withoutUnusedSchemas(document: OpenApi): OpenApi {
  const text = JSON.stringify(document);
  const used = Object.entries(document.components?.schemas ?? {}).filter(([name]) =>
    text.includes(`"#/components/schemas/${name}"`),
  );
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(used) } };
}
