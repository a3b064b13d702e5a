import { z } from 'zod';
import type { MessageSchema } from './message.ts';

/**
 * Marks a field of a message as personal data: a name, an address. A log never deletes; what is marked can be found, and
 * so be encrypted with a key per person that is thrown away when the person asks to be forgotten. Read models leave such
 * fields out, logs always.
 *
 * @example
 * ```ts
 * event('AttendeeAdded', { meetup_uuid: z.uuid(), email: personal(z.email()) });
 * ```
 */
export function personal<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ ...schema.meta(), personal: true });
}

/** The names of a message's fields that are marked as personal, in a list or an optional field as well. */
export function personalFields(message: MessageSchema): readonly string[] {
  return Object.entries(message.shape.data.shape).flatMap(([name, schema]) => (isPersonal(schema) ? [name] : []));
}

function isPersonal(schema: z.core.$ZodType): boolean {
  if (z.globalRegistry.get(schema)?.personal === true) return true;
  const { innerType, element } = schema._zod.def as { innerType?: z.core.$ZodType; element?: z.core.$ZodType };
  return [innerType, element].some((within) => within !== undefined && isPersonal(within));
}
