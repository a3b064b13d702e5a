import type { SwaggerTransform, SwaggerTransformObject } from '@fastify/swagger';
import type { FastifySchema } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { describeForReaders } from './json-schema.ts';

const config = { zodToJsonConfig: { override: describeForReaders } };
const described = createJsonSchemaTransform(config) as SwaggerTransform;
const withAllComponents = createJsonSchemaTransformObject(config);

/** Turns the routes' zod schemas into the OpenAPI document. A schema with an `id` in its meta is described once, by that name. */
export const openApiTransforms: { transform: SwaggerTransform; transformObject: SwaggerTransformObject } = {
  transform(options) {
    const { schema, url } = described(options);
    const { method } = options.route;
    // An app's own routes may come without a schema, or one for several methods, which no one id can stand for.
    if (schema?.hide || typeof method !== 'string') return { schema, url };
    return { url, schema: { operationId: operationIdOf(method, url), ...schema } };
  },
  transformObject: (document) => withTags(withoutUnusedSchemas(withAllComponents(document) as OpenApi)) as never,
};

/** `getLoansLoanApplicationsById` of `GET /loans/loan-applications/{id}`: the same for the same route, always. */
function operationIdOf(method: string, url: string): string {
  const words = url
    .replace(/[:{](\w+)\}?/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  const pascal = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`);
  return `${method.toLowerCase()}${pascal.join('')}`;
}

/** The schema of a route that the OpenAPI document leaves out. */
export const hidden: FastifySchema = { hide: true };

interface OpenApi {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { readonly tags?: readonly string[] }>>>>;
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

/** Says of each tag that operations have what it stands for. */
function withTags(document: OpenApi): OpenApi & { readonly tags: readonly object[] } {
  const operations = Object.values(document.paths ?? {}).flatMap((path) => Object.values(path));
  const names = [...new Set(operations.flatMap(({ tags = [] }) => tags))].sort();
  const tags = names.map((name) => ({
    name,
    description: name === 'outcomes' ? 'What became of a command.' : `The bounded context ${name}.`,
  }));
  return { ...document, tags };
}
