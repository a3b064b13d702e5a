import type { z } from 'zod';
import { MalformedMessage } from '../messages/fault.ts';

/** A place in what is given out in pages, as text that fits into a URL. Opaque to whoever gets it. */
export function cursorOf(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place that a cursor was made of, if it fits the schema. @throws MalformedMessage `invalid_cursor` */
export function placeOf<Place>(schema: z.ZodType<Place>, cursor: string): Place {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new MalformedMessage('invalid_cursor', 'the cursor is not one that was given out here');
  }
}
