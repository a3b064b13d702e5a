import { randomUUID } from 'node:crypto';
import { type CommandMessage, type Message, traceparentIn } from '@daybook/core';
import { type Preference, waitOf } from '@daybook/http';
import { z } from 'zod';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;
const PRINTABLE_ASCII = /^(?=.*\S)[\x20-\x7e]{1,255}$/;
const id = z.string().regex(VISIBLE_ASCII, { error: '1 to 255 visible ASCII characters' }).optional();

/** The headers of a request that become the message's properties. */
export const CommandHeaders = z.object({
  'idempotency-key': id.meta({
    description:
      "The command's id: sent again with the same key, a command is answered as before. A new one when absent.",
  }),
  'daybook-actor': z
    .string()
    .regex(PRINTABLE_ASCII, { error: '1 to 255 printable ASCII characters, not only spaces' })
    .optional()
    .meta({ description: 'Who asks.' }),
  'daybook-correlation-id': id.meta({ description: 'The conversation that the command belongs to.' }),
  'daybook-causation-id': id.meta({ description: 'The message that caused the command.' }),
  traceparent: z.string().optional().meta({ description: 'W3C trace context.' }),
  prefer: z
    .string()
    .optional()
    .meta({
      description:
        '`wait=<seconds>`: wait no longer than that for the outcome (RFC 7240). `consistency=strong`: and until the read ' +
        'models include it; `consistency=strong; projections="a,b"`: only these.',
    }),
});
export type CommandHeaders = z.infer<typeof CommandHeaders>;

/** The key, which may be written as a string of structured fields, as the IETF's draft does: `"abc"` is the key `abc`. */
export function idempotencyKeyOf({ 'idempotency-key': key }: CommandHeaders): string | undefined {
  return key?.replace(/^"([^"\\]+)"$/, '$1');
}

/** The message to publish. A traceparent that is none is left out, as W3C asks. */
export function commandOf(context: string, command: Message, headers: CommandHeaders): CommandMessage {
  const { traceparent } = headers;
  return {
    context,
    command,
    commandId: idempotencyKeyOf(headers) ?? randomUUID(),
    correlationId: headers['daybook-correlation-id'],
    causationId: headers['daybook-causation-id'],
    actor: headers['daybook-actor'],
    traceparent: traceparentIn(traceparent),
  };
}

/** @returns milliseconds: what the `Prefer` header asks for when that is at least a second and less than the limit */
export function waitMs(preferences: ReadonlyMap<string, Preference>, limitMs: number): number {
  return waitOf(preferences, limitMs) || limitMs;
}
