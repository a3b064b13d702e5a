import { describeForReaders } from '@daybook/http';
import { z } from 'zod';

/** A part of the document. */
export type Part = Readonly<Record<string, unknown>>;

/** The schema in the dialect of AsyncAPI, as whoever writes such data has to keep it: unknown fields only where they are refused. */
export function jsonSchemaOf(schema: z.ZodType): Part {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => describeForReaders({ jsonSchema }),
  });
  return json;
}

/** A reference into the document. @param path its parts; those with a slash or a tilde are escaped */
export function ref(...path: readonly string[]): Part {
  return { $ref: `#/${path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}` };
}

/** A context's tag: one object, that everything of the context refers to. */
export function tagOf(context: string): Part {
  return ref('components', 'tags', context);
}

/** What a client proves to a server, on each operation there. @param server by its name in the document */
export function securityOf(server: 'rabbitmq' | 'event_store'): readonly Part[] {
  return [ref('components', 'securitySchemes', server)];
}
