import { randomUUID } from 'node:crypto';
import { ownOf } from '@daybook/core';
import { z } from 'zod';

type Json = { [key: string]: unknown };

/** A value that fits most schemas of a command's data: a start for somebody who tries it out. */
export function exampleOf(schema: z.ZodType): unknown {
  return sampleOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json);
}

function sampleOf(schema: Json): unknown {
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const choice = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choice)) return sampleOf(choice[0] as Json);
  switch (schema.type) {
    case 'object': {
      const required = (schema.required as string[] | undefined) ?? [];
      const properties = (schema.properties as Record<string, Json> | undefined) ?? {};
      return Object.fromEntries(required.map((name) => [name, sampleOf(ownOf(properties, name) ?? {})]));
    }
    case 'array':
      return [];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return numberOf(schema);
    default:
      return textOf(schema);
  }
}

function textOf({ format, minLength }: Json): string {
  if (format === 'uuid') return randomUUID();
  if (format === 'email') return 'ann@example.com';
  if (format === 'date-time') return '2026-01-31T09:30:00Z';
  if (format === 'date') return '2026-01-31';
  return 'text'.padEnd(Number(minLength ?? 0), '.');
}

function numberOf({ minimum, exclusiveMinimum, maximum }: Json): number {
  const least = Math.max(Number(minimum ?? -Infinity), Number(exclusiveMinimum ?? -Infinity) + 1);
  return Math.min(Math.max(1000, least), Number(maximum ?? Infinity));
}
