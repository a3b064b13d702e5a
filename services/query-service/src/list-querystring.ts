import type { Projection } from '@daybook/core';
import { z } from 'zod';

/** Rows of a page, where the request does not say how many. */
export const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/** The checked parameters of a list: what is neither limit nor cursor is a filter. */
export type ListQuerystring = { readonly limit: number; readonly cursor?: string } & Readonly<Record<string, string>>;

/** The parameters that a list takes. A filter takes the values that its column can have. */
export function listQuerystring(projection: Projection, columns: readonly string[]) {
  const filters = columns.map((column) => [column, filterOf(projection.row.shape[column]).optional()]);
  const error = `a whole number from 1 to ${MAX_LIMIT}`;
  const shape = {
    ...(Object.fromEntries(filters) as Record<string, z.ZodOptional>),
    limit: z.coerce.number({ error }).int({ error }).min(1, { error }).max(MAX_LIMIT, { error }).default(DEFAULT_LIMIT),
    cursor: z.string().min(1).optional().meta({ description: '`next` of the page before.' }),
    last_event_id: z.string().optional().meta({ description: 'As the header Last-Event-ID, for live updates.' }),
  };
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown parameter ${issue.keys.join(', ')}; allowed: ${Object.keys(shape).join(', ')}`
        : undefined,
  });
}

/** In a URL everything is text, and so is a filter's value for the read store. Null can't be asked for. */
function filterOf(column: unknown): z.ZodType {
  const type = column instanceof z.ZodNullable ? column.unwrap() : (column as z.ZodType);
  if (type instanceof z.ZodNumber) return z.coerce.number().pipe(type).transform(String);
  if (type instanceof z.ZodBoolean) return z.enum(['true', 'false']);
  return type as z.ZodType;
}
