import type { z } from 'zod';
import type { RecordedEvent } from './event.ts';
import type { Message } from './message.ts';

/** How the events of one stream add up to a part of a row. Pure. */
export interface Fold<Part = unknown, E extends Message = Message> {
  readonly initial: Part;
  evolve(part: Part, event: RecordedEvent<E>): Part;
}

/** Names the types of a fold; the rest is inferred. */
export function fold<Part, E extends Message>(definition: Fold<Part, E>): Fold<Part, E> {
  return definition;
}

/** The parts of one row, by the aggregate whose stream they come from. */
export type PartsOf<Folds> = { readonly [A in keyof Folds]: Folds[A] extends { initial: infer Part } ? Part : never };

/** How a list of rows may be asked for. */
export interface ListQuery<Column extends string = string> {
  /** Columns that may be asked for by value. */
  readonly filters: readonly Column[];
  /** The column the list is in order of, oldest or least first; the key decides between equals. Never null. */
  readonly orderBy: Column;
}

/**
 * A read model: one row for each entity, folded from the entity's streams.
 * Each stream has its own part, and `combine` makes the row of the parts, so that no order between streams matters.
 */
export interface Projection<Row = Record<string, unknown>> {
  /** snake_case: the name of the table people query. */
  readonly name: string;
  /** Raise it when the fold or the row changes: a new table is built beside the old one. */
  readonly version: number;
  /** The row's columns; flat. */
  readonly row: z.ZodObject;
  /** The column that holds the entity's id. */
  readonly key: string;
  readonly folds: Readonly<Record<string, Fold>>;
  /** @returns the row, or undefined when there is none (yet, or any more) */
  combine(entityId: string, parts: Readonly<Record<string, unknown>>): Row | undefined;
  readonly list: ListQuery;
}

/** Ties row schema, folds and `combine` together; the compiler checks that they agree. */
export function projection<Schema extends z.ZodObject, const Folds extends Record<string, Fold>>(definition: {
  name: string;
  version: number;
  row: Schema;
  key: keyof z.infer<Schema> & string;
  folds: Folds;
  combine(entityId: string, parts: PartsOf<Folds>): z.infer<Schema> | undefined;
  list: ListQuery<keyof z.infer<Schema> & string>;
}): Projection<z.infer<Schema>> {
  return definition as Projection<z.infer<Schema>>;
}
