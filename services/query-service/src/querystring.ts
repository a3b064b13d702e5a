import { ownOf } from '@daybook/core';
import { z } from 'zod';

/**
 * A query string that has these parameters and no other: a misspelt one must not pass unnoticed.
 * @param insteadOf what to do instead of a parameter that is often tried here
 */
export function querystring<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  insteadOf: Readonly<Record<string, string>> = {},
) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const instead = issue.keys.flatMap((key) => ownOf(insteadOf, key) ?? []);
      if (instead.length > 0) return instead.join('; ');
      const allowed = Object.keys(shape).join(', ') || 'none';
      return `unknown parameter ${issue.keys.join(', ')}; allowed: ${allowed}`;
    },
  });
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
const error = `a whole number from 1 to ${MAX_LIMIT}`;

/** Of queries that can be followed. */
export const lastEventId = {
  last_event_id: z.string().optional().meta({ description: 'As the header Last-Event-ID, for live updates.' }),
};

/** The parameters of whatever is given out in pages. */
export const pageParameters = {
  limit: z.coerce.number({ error }).int({ error }).min(1, { error }).max(MAX_LIMIT, { error }).default(DEFAULT_LIMIT),
  cursor: z.string().min(1).optional().meta({ description: '`next` of the page before.' }),
};
