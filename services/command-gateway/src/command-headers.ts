import { randomUUID } from 'node:crypto';
import type { CommandMessage, Message } from '@daybook/core';
import { preferencesOf, waitOf } from '@daybook/http';
import { z } from 'zod';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;
const PRINTABLE_ASCII = /^[\x20-\x7e]{1,255}$/;
const id = z.string().regex(VISIBLE_ASCII, { error: '1 to 255 visible ASCII characters' }).optional();

/** The headers of a request that become the message's properties. */
export const CommandHeaders = z.object({
  'idempotency-key': id.meta({
    description:
      "The command's id: sent again with the same key, a command is answered as before. A new one when absent.",
  }),
  'daybook-actor': z
    .string()
    .regex(PRINTABLE_ASCII, { error: '1 to 255 printable ASCII characters' })
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

/** The message to publish. A traceparent that is none is left out, as W3C asks. */
export function commandOf(context: string, command: Message, headers: CommandHeaders): CommandMessage {
  const { traceparent } = headers;
  return {
    context,
    command,
    commandId: headers['idempotency-key'] ?? randomUUID(),
    correlationId: headers['daybook-correlation-id'],
    causationId: headers['daybook-causation-id'],
    actor: headers['daybook-actor'],
    traceparent: traceparent !== undefined && isTraceparent(traceparent) ? traceparent : undefined,
  };
}

/** @returns milliseconds: what the `Prefer` header asks for when that is at least a second and less than the limit */
export function waitMs(prefer: string | undefined, limitMs: number): number {
  return waitOf(preferencesOf(prefer), limitMs) || limitMs;
}

function isTraceparent(value: string): boolean {
  return /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(value);
}
