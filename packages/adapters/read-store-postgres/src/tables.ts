import { orderOf, ownOf, type Projection } from '@daybook/core';
import pg from 'pg';
import type { z } from 'zod';

/**
 * A projection's tables. One row an entity: one table, in which three columns that start with an underscore are the
 * fold's. Several: a table of the rows alone, and one of the entities, whose version guards both.
 */
export interface Table {
  /** Tells prepared statements of different builds apart. */
  readonly label: string;
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

const tables = new WeakMap<Projection, Table>();

/** Where a build of a projection lives. Versions and builds lie side by side. */
export function tableOf(projection: Projection): Table {
  let table = tables.get(projection);
  if (table === undefined) {
    table = describeTable(projection);
    tables.set(projection, table);
  }
  return table;
}

function describeTable(projection: Projection): Table {
  const { itemKey } = projection;
  const name = tableNameOf(projection);
  return {
    label: name,
    name: `read_models.${quoted(name)}`,
    entities: `read_models.${quoted(itemKey === undefined ? name : `${name}_entities`)}`,
    view: `read_models.${quoted(projection.name)}`,
    key: quoted(projection.key),
    itemKey: itemKey && quoted(itemKey),
    columns: columnsOf(projection).map((column) => ({ ...column, name: quoted(column.name) })),
  };
}

/** The columns of a projection's rows with their types, names as they are. */
export function columnsOf({ row }: Projection): { name: string; type: string }[] {
  return Object.entries(row.shape).map(([name, schema]) => ({ name, type: typeOf(schema) }));
}

function tableNameOf({ name, version, build = 1 }: Projection): string {
  return `${name}_v${version}${build > 1 ? `_b${build}` : ''}`;
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

/** Creates the tables of a build and their indexes, where they are missing. */
export function createTables(projection: Projection): string[] {
  const { name, entities, key, itemKey, columns } = tableOf(projection);
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
    ...tables,
    ...indexesOf(projection).map(
      (by) => `create index if not exists ${quoted(`${tableNameOf(projection)}_by_${by.name}`)}
        on ${name} (${by.columns.join(', ')}) ${present}`,
    ),
  ];
}

/**
 * Lets the view show a build. Replacing it keeps who may read it and what stands on it; a view can't be replaced by one
 * with other columns, though, unless they only come at the end: then it is made anew.
 */
export function pointView(projection: Projection): string {
  const { name, view, itemKey, columns } = tableOf(projection);
  const shown = columns.map((column) => column.name).join(', ');
  const select = `select ${shown} from ${name} ${itemKey === undefined ? 'where _present' : ''}`;
  return `
    do $do$ begin
      create or replace view ${view} as ${select};
    exception when invalid_table_definition then
      drop view ${view};
      create view ${view} as ${select};
    end $do$`;
}

/** Drops the tables of a build, where they are there. */
export function dropTables(projection: Projection): string {
  const { name, entities } = tableOf(projection);
  return `drop table if exists ${[...new Set([name, entities])].join(', ')}`;
}

/** One for each way to list: whole, by a filter, and the rows of one entity. */
function indexesOf(projection: Projection): { name: string; columns: readonly string[] }[] {
  const { key, itemKey, list } = projection;
  const byEntity = itemKey === undefined || list.orderBy === itemKey ? [] : [[key]];
  return [[], ...list.filters.map((filter) => [filter]), ...byEntity].map((by) => ({
    name: [...by, list.orderBy].join('_'),
    columns: [...new Set([...by.map((filter) => indexedAs(projection, filter)), ...orderOf(projection).map(quoted)])],
  }));
}

/** Characters of a long text that an index holds; it takes a few thousand bytes of a row in all. */
const INDEXED = 200;

/** What an index has of a column that is filtered by: the start of a text that may be long, quoted. */
function indexedAs({ row, list }: Projection, column: string): string {
  if (column === list.orderBy || !isLong(ownOf(row.shape, column) as z.core.$ZodType)) return quoted(column);
  return `left(${quoted(column)}, ${INDEXED})`;
}

function isLong(schema: z.core.$ZodType): boolean {
  const { def } = schema._zod;
  if (def.type === 'nullable' || def.type === 'optional') return isLong((def as z.core.$ZodNullableDef).innerType);
  const { maximum = Number.POSITIVE_INFINITY } = schema._zod.bag as { maximum?: number };
  return typeOf(schema) === 'text' && def.type === 'string' && !isUuid(schema) && maximum > INDEXED;
}

function isUuid(schema: z.core.$ZodType): boolean {
  return (schema._zod.def as { format?: string }).format === 'uuid';
}

/** The condition that a column has a value, so that its index serves. @param parameter as `$1` */
export function equals(projection: Projection, column: string, parameter: string): string {
  const whole = `${quoted(column)} = ${parameter}`;
  const start = indexedAs(projection, column);
  return start === quoted(column) ? whole : `${start} = left(${parameter}, ${INDEXED}) and ${whole}`;
}
