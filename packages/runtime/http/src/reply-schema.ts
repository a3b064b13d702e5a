import type { RecordedOutcome, Reply } from '@daybook/core';
import { z } from 'zod';

/** What is wrong, for programs (`code`) and for people (`message`). */
export const ErrorOfReply = z.object({
  code: z.string(),
  message: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

const token = z
  .string()
  .meta({ description: 'Given to the query-service as the header Daybook-Token, to read what the command wrote.' });

/** The answer to a command that was decided in its favour. */
export const AcceptedReply = z.object({
  status: z.literal('accepted'),
  command_id: z.string(),
  stream: z.string(),
  revision: z.int().meta({ description: "Of the command's last event." }),
  token,
  events: z.array(z.object({ type: z.string(), revision: z.int() })),
});

/** The answer to a command that the domain refused. */
export const RejectedReply = z.object({
  status: z.literal('rejected'),
  command_id: z.string(),
  stream: z.string(),
  revision: z.int().meta({ description: 'Of the record of the refusal.' }),
  token,
  error: ErrorOfReply,
});

/** The answer to a command that was not understood, or not handled. */
export const UnhandledReply = z.object({
  status: z.enum(['invalid', 'failed']),
  command_id: z.string().nullable(),
  error: ErrorOfReply,
}) satisfies z.ZodType<Reply>;

/** The outcome that a stream holds of a command. */
export const RecordedReply = z.discriminatedUnion('status', [
  AcceptedReply,
  RejectedReply,
]) satisfies z.ZodType<RecordedOutcome>;
