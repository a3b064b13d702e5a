import { orderOf, type Projection } from '@daybook/core';
import pg from 'pg';
import type { z } from 'zod';

/**
 * A projection's tables. One row an entity: one table, in which three columns that start with an underscore are the
 * fold's. Several: a table of the rows alone, and one of the entities, whose version guards both.
 */
export interface Table {
  /** Quoted, with the schema. */
  readonly name: string;
  /** Quoted: where each entity's version and parts are; the same table where an entity has one row. */
  readonly entities: string;
  /** Quoted: what people query; only rows that have something to show. */
  readonly view: string;
  /** Quoted: the entity's id. */
  readonly key: string;
  /** Quoted: with the key the primary key; undefined where an entity has one row. */
  readonly itemKey: string | undefined;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

const quoted = pg.escapeIdentifier;

/** Where a version of a projection lives. Versions lie side by side. */
export function tableOf(projection: Projection): Table {
  const { itemKey } = projection;
  const name = `${projection.name}_v${projection.version}`;
  return {
    name: `read_models.${quoted(name)}`,
    entities: `read_models.${quoted(itemKey === undefined ? name : `${name}_entities`)}`,
    view: `read_models.${quoted(projection.name)}`,
    key: quoted(projection.key),
    itemKey: itemKey && quoted(itemKey),
    columns: Object.entries(projection.row.shape).map(([column, schema]) => ({
      name: quoted(column),
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

const FOLDED = `
      _version integer not null,
      _parts json not null`;

/** Creates the tables of a projection, their indexes and the view, where they are missing. */
export function createStatements(projection: Projection): string[] {
  const { name, entities, view, key, itemKey, columns } = tableOf(projection);
  const written = columns.map((column) => `${column.name} ${column.type}`).join(',\n      ');
  const tables =
    itemKey === undefined
      ? [
          `create table if not exists ${name} (${written}, ${FOLDED},\n _present boolean not null, primary key (${key}))`,
        ]
      : [
          `create table if not exists ${entities} (${key} text primary key, ${FOLDED})`,
          `create table if not exists ${name} (${written}, primary key (${key}, ${itemKey}))`,
        ];
  const present = itemKey === undefined ? 'where _present' : '';
  return [
    'create schema if not exists read_models',
    ...tables,
    ...indexesOf(projection).map(
      (by) => `create index if not exists ${quoted(`${projection.name}_v${projection.version}_by_${by.name}`)}
        on ${name} (${by.columns.map(quoted).join(', ')}) ${present}`,
    ),
    `create or replace view ${view} as select ${columns.map((column) => column.name).join(', ')} from ${name} ${present}`,
  ];
}

/** One for each way to list: whole, by a filter, and the rows of one entity. */
function indexesOf(projection: Projection): { name: string; columns: readonly string[] }[] {
  const { key, itemKey, list } = projection;
  const byEntity = itemKey === undefined || list.orderBy === itemKey ? [] : [[key]];
  return [[], ...list.filters.map((filter) => [filter]), ...byEntity].map((by) => ({
    name: [...by, list.orderBy].join('_'),
    columns: [...new Set([...by, ...orderOf(projection)])],
  }));
}
