import type { Projection } from '@daybook/core';
import pg from 'pg';
import type { z } from 'zod';

/** A projection's table: its columns are the row's, and three of the fold's, which start with an underscore. */
export interface Table {
  /** Quoted, with the schema. */
  readonly name: string;
  /** Quoted: what people query; only rows that have something to show. */
  readonly view: string;
  /** Quoted: the primary key. */
  readonly key: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

const quoted = pg.escapeIdentifier;

/** Where a version of a projection lives. Versions lie side by side. */
export function tableOf(projection: Projection): Table {
  return {
    name: `read_models.${quoted(`${projection.name}_v${projection.version}`)}`,
    view: `read_models.${quoted(projection.name)}`,
    key: quoted(projection.key),
    columns: Object.entries(projection.row.shape).map(([name, schema]) => ({
      name: quoted(name),
      type: typeOf(schema),
    })),
  };
}

const columnTypes: Readonly<Record<string, string>> = {
  string: 'text',
  enum: 'text',
  literal: 'text',
  boolean: 'boolean',
};

/**
 * The column type that holds a field of a row without changing it; what has no type of its own is kept as JSON.
 * Ids are text: they are compared letter by letter.
 */
function typeOf(schema: z.core.$ZodType): string {
  const { def } = schema._zod;
  if (def.type === 'nullable' || def.type === 'optional') return typeOf((def as z.core.$ZodNullableDef).innerType);
  const { format = '' } = def as { format?: string };
  if (def.type === 'string' && format === 'datetime') return 'timestamptz';
  if (def.type === 'number') return format.endsWith('int') ? 'bigint' : 'double precision';
  return columnTypes[def.type] ?? 'jsonb';
}

/** Creates the table, its indexes and the view of a projection, where they are missing. */
export function createStatements(projection: Projection): string[] {
  const { name, view, key, columns } = tableOf(projection);
  const { filters, orderBy } = projection.list;
  const index = (
    ...by: string[]
  ) => `create index if not exists ${quoted(`${projection.name}_v${projection.version}_by_${by.join('_')}`)}
    on ${name} (${[...by.map(quoted), key].join(', ')}) where _present`;
  return [
    'create schema if not exists read_models',
    `create table if not exists ${name} (
      ${columns.map((column) => `${column.name} ${column.type}${column.name === key ? ' primary key' : ''}`).join(',\n      ')},
      _version integer not null,
      _parts json not null,
      _present boolean not null
    )`,
    index(orderBy),
    ...filters.map((filter) => index(filter, orderBy)),
    `create or replace view ${view} as select ${columns.map((column) => column.name).join(', ')} from ${name} where _present`,
  ];
}
