import type { z } from 'zod';
import type { RecordedEvent } from '../messages/event.ts';
import type { Message } from '../messages/message.ts';

/** A row of a read model, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** What tells the rows of one entity apart. */
export type ItemKey = string | number;

/** How the events of one stream add up to a part of an entity. Pure. */
export interface Fold<Part = unknown, E extends Message = Message> {
  readonly initial: Part;
  evolve(part: Part, event: RecordedEvent<E>): Part;
}

/**
 * Names the types of a fold; the rest is inferred.
 *
 * @example
 * ```ts
 * const account = fold<{ balance: number } | null, AccountEvent>({
 *   initial: null,
 *   evolve(part, event) {
 *     switch (event.type) {
 *       case 'AccountOpened':
 *         return { balance: 0 };
 *       case 'TransferRecorded':
 *         return part && { balance: part.balance + event.data.amount };
 *     }
 *   },
 * });
 * ```
 */
export function fold<Part, E extends Message>(definition: Fold<Part, E>): Fold<Part, E> {
  return definition;
}

/** The parts of one row, by the aggregate whose stream they come from. */
export type PartsOf<Folds> = { readonly [A in keyof Folds]: Folds[A] extends { initial: infer Part } ? Part : never };

/** What one event does to an entity with several rows; a row that is put replaces the one with the same item key. */
export interface ItemsStep<Part = unknown, R = Row> {
  readonly part: Part;
  readonly put?: readonly R[];
  /** Item keys of the rows that go. */
  readonly remove?: readonly ItemKey[];
}

/** Columns that are not stored, but computed from the row whenever it is answered: an age, for example. */
export interface Computed<R = Row, Shape extends z.core.$ZodLooseShape = z.core.$ZodLooseShape> {
  readonly schema: Shape;
  of(row: R, now: Date): z.infer<z.ZodObject<Shape>>;
}

/** How a list of rows may be asked for. */
export interface ListQuery<Column extends string = string> {
  /** Columns that may be asked for by value, alone and together. */
  readonly filters: readonly Column[];
  /** The column the list is in order of, oldest or least first; the keys decide between equals. Never null. */
  readonly orderBy: Column;
}

/** How many rows there are, by day. */
export interface CountByDay<Column extends string = string> {
  /** A column with a time, whose day, in UTC, a row counts for. Rows without it don't count. */
  readonly day: Column;
  /** Name of a count → the column that a row must have to be counted: not null. */
  readonly of: Readonly<Record<string, Column>>;
}

interface ReadModel<Answer> {
  /** snake_case: the name of the table people query. */
  readonly name: string;
  /** Raise it when the fold or the row changes: a new table is built beside the old one. */
  readonly version: number;
  /** Which of the version's builds is meant, from 1; left out where there is only one, as in a projection's definition. */
  readonly build?: number | undefined;
  /** The row's columns; flat. */
  readonly row: z.ZodObject;
  /** The column that holds the entity's id. */
  readonly key: string;
  readonly list: ListQuery;
  /** Whether all rows may be taken away at once, as CSV or NDJSON. */
  readonly exported?: boolean | undefined;
  /** What is counted over all rows, by name. */
  readonly counts?: Readonly<Record<string, CountByDay>> | undefined;
  readonly computed?: Computed<never> | undefined;
  /** Only a type: a row as it is answered, with what is computed. */
  readonly Answer?: Answer;
}

/**
 * A read model with one row for each entity, folded from the entity's streams.
 * Each stream has its own part, and `combine` makes the row of the parts, so that no order between streams matters.
 */
export interface RowProjection<Answer = Row> extends ReadModel<Answer> {
  readonly folds: Readonly<Record<string, Fold>>;
  /** @returns the row, or undefined when there is none (yet, or any more) */
  combine(entityId: string, parts: Readonly<Record<string, unknown>>): Row | undefined;
  readonly itemKey?: undefined;
}

/**
 * A read model with several rows for each entity, its items, folded from one stream of the entity.
 * An event writes only the rows that it changes, however many there are.
 */
export interface ItemsProjection<Answer = Row> extends ReadModel<Answer> {
  /** By the name of the one aggregate. */
  readonly folds: Readonly<Record<string, { readonly initial: unknown; evolve: ItemsEvolve }>>;
  /** The column that tells an entity's rows apart; with the key the primary key. */
  readonly itemKey: string;
}

type ItemsEvolve = (part: unknown, event: RecordedEvent) => ItemsStep;

/** A read model, as data. */
export type Projection<Answer = Row> = RowProjection<Answer> | ItemsProjection<Answer>;

type ColumnOf<Schema extends z.ZodObject> = keyof z.infer<Schema> & string;
type AnswerOf<Schema extends z.ZodObject, Shape extends z.core.$ZodLooseShape> = z.infer<Schema> &
  z.infer<z.ZodObject<Shape>>;

/** What both kinds of projection say of their rows, with the types that the schema gives. */
interface Shown<Schema extends z.ZodObject, Shape extends z.core.$ZodLooseShape> {
  name: string;
  version: number;
  row: Schema;
  key: ColumnOf<Schema>;
  list: ListQuery<ColumnOf<Schema>>;
  exported?: boolean;
  counts?: Readonly<Record<string, CountByDay<ColumnOf<Schema>>>>;
  computed?: Computed<z.infer<Schema>, Shape>;
}

/**
 * A read model with one row for each entity. Ties row schema, folds and `combine` together; the compiler checks that they agree.
 *
 * @example
 * ```ts
 * export const accountBalances = projection({
 *   name: 'account_balances',
 *   version: 1,
 *   row: AccountBalance,
 *   key: 'account_uuid',
 *   folds: { Account: account },
 *   combine: (account_uuid, { Account }) => (Account === null ? undefined : { account_uuid, ...Account }),
 *   list: { filters: [], orderBy: 'opened_at' },
 * });
 * ```
 */
export function projection<
  Schema extends z.ZodObject,
  const Folds extends Record<string, Fold>,
  Shape extends z.core.$ZodLooseShape = Record<never, never>,
>(
  definition: Shown<Schema, Shape> & {
    folds: Folds;
    combine(entityId: string, parts: PartsOf<Folds>): z.infer<Schema> | undefined;
  },
): RowProjection<AnswerOf<Schema, Shape>> {
  return definition as unknown as RowProjection<AnswerOf<Schema, Shape>>;
}

/**
 * A read model with several rows for each entity, of the events of one aggregate.
 *
 * @example
 * ```ts
 * export const accountStatements = itemsProjection({
 *   name: 'account_statements',
 *   version: 1,
 *   row: StatementEntry,
 *   key: 'account_uuid',
 *   itemKey: 'number',
 *   of: account,
 *   initial: { number: 0 },
 *   evolve(part, event) {
 *     switch (event.type) {
 *       case 'AccountOpened':
 *         return { part };
 *       case 'TransferRecorded': {
 *         const next = { number: part.number + 1 };
 *         return { part: next, put: [{ ...event.data, ...next }] };
 *       }
 *     }
 *   },
 *   list: { filters: [], orderBy: 'number' },
 * });
 * ```
 */
export function itemsProjection<
  Schema extends z.ZodObject,
  E extends Message,
  Part,
  Shape extends z.core.$ZodLooseShape = Record<never, never>,
>({
  of,
  initial,
  evolve,
  ...shown
}: Shown<Schema, Shape> & {
  itemKey: ColumnOf<Schema>;
  /** The aggregate whose stream is folded; of it, its name and its events. */
  of: { readonly name: string; readonly decider: { evolve(state: never, event: E): unknown } };
  initial: Part;
  evolve(part: Part, event: RecordedEvent<E>): ItemsStep<Part, z.infer<Schema>>;
}): ItemsProjection<AnswerOf<Schema, Shape>> {
  return { ...shown, folds: { [of.name]: { initial, evolve: evolve as unknown as ItemsEvolve } } };
}

/** The schema of a row as it is answered. */
export function answerSchema({ row, computed }: Projection): z.ZodObject {
  return computed === undefined ? row : row.extend(computed.schema);
}

/** A row as it is answered, with what is computed of it at that moment. */
export function answerOf({ computed }: Projection, row: Row, now: Date): Row {
  return computed === undefined ? row : { ...row, ...computed.of(row as never, now) };
}

/** The columns that, compared one after the other, put all rows of a projection into one order. */
export function orderOf({ list, key, itemKey = key }: Projection): readonly string[] {
  return [...new Set([list.orderBy, key, itemKey])];
}

/** Names a projection's rows: `loan_applications.v1`, from the second build of that version on `loan_applications.v1.b2`. */
export function buildNameOf({ name, version, build = 1 }: Pick<Projection, 'name' | 'version' | 'build'>): string {
  return `${name}.v${version}${build > 1 ? `.b${build}` : ''}`;
}

/** The projections that a command to the aggregate may change. */
export function projectionsFolding(projections: readonly Projection[], aggregate: string): readonly Projection[] {
  return projections.filter(({ folds }) => Object.hasOwn(folds, aggregate));
}
