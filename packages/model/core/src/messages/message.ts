import { z } from 'zod';

/** What a command and an event have in common: a name and JSON data. */
export interface Message<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** The schema of one kind of message. */
export type MessageSchema = z.ZodObject<{ type: z.ZodLiteral<string>; data: z.ZodObject }>;

/** The schema of all messages of one aggregate: a union told apart by `type`. */
export type MessageUnion = z.ZodDiscriminatedUnion<readonly MessageSchema[]>;

/**
 * The schema of a command. Unknown fields are refused, so that a misspelt one is reported and not dropped.
 * @param type imperative, PascalCase: `RequestLoan`
 * @param data the fields, in snake_case as on the wire
 *
 * @example
 * ```ts
 * command('RequestLoan', { loan_application_uuid: z.uuid(), amount: z.int() });
 * ```
 */
export function command<Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, data: Shape) {
  return z.strictObject({ type: z.literal(type), data: z.strictObject(data) });
}

/**
 * The schema of an event. Unknown fields are tolerated: a newer version may have written them.
 * @param type past tense, PascalCase: `LoanRequested`
 *
 * @example
 * ```ts
 * event('LoanRequested', { loan_application_uuid: z.uuid(), amount: z.int() });
 * ```
 */
export function event<Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, data: Shape) {
  return z.object({ type: z.literal(type), data: z.object(data) });
}
