import { type AsOf, instant } from '@daybook/core';
import { z } from 'zod';

const POSITION = /^\d{1,15}$/;
const time = z.iso.datetime({ offset: true });

/** `as_of=`: a position of the feed, or an RFC 3339 time. */
export const asOfParameter = z
  .string()
  .transform((text, context): AsOf => {
    if (POSITION.test(text)) return { position: Number(text) };
    // Number.NaN is what Date makes of a time that no calendar has.
    const ms = time.safeParse(text).success ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(ms) && instant().safeParse(new Date(ms).toISOString()).success)
      return { time: new Date(ms).toISOString() };
    const said = 'an RFC 3339 time, as 2026-01-31T09:30:00Z (a + is written %2B), or a position, a whole number';
    context.issues.push({ code: 'custom', message: said, input: text });
    return z.NEVER;
  })
  .optional()
  .meta({
    description: 'The moment to answer for: a position of the feed, or an RFC 3339 time. Folded anew from the events.',
  });
