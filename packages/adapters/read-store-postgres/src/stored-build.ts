import { type Build, instant, ownOf, type Projection, type RowProjection } from '@daybook/core';
import { z } from 'zod';
import { columnsOf } from './tables.ts';

/** How a build's rows are stored. Kept with it: add optional fields, never rename. */
export interface Definition {
  readonly key: string;
  readonly itemKey: string | null;
  readonly filters: readonly string[];
  readonly orderBy: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** A line of the registry. */
export interface BuildRow {
  readonly context: string;
  readonly projection: string;
  readonly version: number;
  readonly build: number;
  readonly state: Build['state'];
  readonly definition: Definition;
  readonly created_at: string;
  readonly ended_for_ms: number | null;
}

/** What is kept of a projection, for code that has it no more. */
export function definitionOf(projection: Projection): Definition {
  const { key, itemKey = null, list } = projection;
  return { key, itemKey, filters: list.filters, orderBy: list.orderBy, columns: columnsOf(projection) };
}

/** A build as the port has it. */
export function buildOf(row: BuildRow): Build {
  const { context, projection: name, version, build, state, created_at, ended_for_ms } = row;
  const endedForMs = ended_for_ms ?? undefined;
  return { context, name, version, build, state, stored: storedOf(row), createdAt: created_at, endedForMs };
}

/** What each type of column holds; what is not here may be anything. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  text: z.string(),
  timestamptz: instant(),
  bigint: z.int(),
  'double precision': z.number(),
  boolean: z.boolean(),
};

/** Good for reading rows, and for nothing else. */
function storedOf({ projection: name, version, build, definition }: BuildRow): Projection {
  const { key, itemKey, filters, orderBy, columns } = definition;
  const row = z.object(
    Object.fromEntries(columns.map((column) => [column.name, ownOf(schemas, column.type) ?? z.unknown()])),
  );
  const stored: RowProjection = {
    name,
    version,
    build,
    row,
    key,
    list: { filters, orderBy },
    folds: {},
    combine: () => undefined,
  };
  return itemKey === null ? stored : ({ ...stored, itemKey } as Projection);
}
