import type { Projection } from '@daybook/core';
import { ownOf } from '@daybook/core';
import { z } from 'zod';
import { lastEventId, pageParameters, querystring } from './querystring.ts';

/** The checked parameters of a list: what is neither limit nor cursor is a filter. */
export type ListQuerystring = { readonly limit: number; readonly cursor?: string } & Readonly<Record<string, string>>;

/** The parameters of a list of all rows. A filter takes the values that its column can have. @param path of the list */
export function listQuerystring({ row, list, key }: Projection, path: string) {
  const filters = list.filters.map((column) => [column, filterOf(ownOf(row.shape, column)).optional()]);
  return querystring(
    { ...(Object.fromEntries(filters) as Record<string, z.ZodOptional>), ...pageParameters, ...lastEventId },
    { as_of: `a list is as of now; for one ${key} at another time: ${path}/<${key}>?as_of=` },
  );
}

/** In a URL everything is text, and so is a filter's value for the read store. Null can't be asked for. */
function filterOf(column: unknown): z.ZodType {
  const type = column instanceof z.ZodNullable ? column.unwrap() : (column as z.ZodType);
  if (type instanceof z.ZodNumber) return z.coerce.number().pipe(type).transform(String);
  if (type instanceof z.ZodBoolean) return z.enum(['true', 'false']);
  return type as z.ZodType;
}
