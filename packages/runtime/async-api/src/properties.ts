import type { EventMetadata } from '@daybook/core';
import { z } from 'zod';

const id = z.string().min(1).max(255);

/** What a sender puts beside a command's data: AMQP properties under their own names, then its headers. */
export const CommandProperties = z.object({
  message_id: id.meta({ description: 'AMQP property. The idempotency key: one id, one outcome.' }),
  type: z.string().meta({ description: "AMQP property. The command's type." }),
  reply_to: z.string().optional().meta({ description: 'AMQP property. The queue that the reply goes to.' }),
  correlation_id: id.optional().meta({ description: 'AMQP property. The conversation; the reply echoes it.' }),
  actor: z.string().optional().meta({ description: 'Header. Who asks.' }),
  'causation-id': z.string().optional().meta({ description: 'Header. The message that caused the command.' }),
  traceparent: z.string().optional().meta({ description: 'Header. W3C trace context.' }),
});

/** What comes with a reply. */
export const ReplyProperties = z.object({
  type: z.literal('reply').meta({ description: 'AMQP property.' }),
  correlation_id: z.string().meta({ description: "AMQP property. The command's, or its `message_id`." }),
});

/** What is added to a message that is set aside; the rest is as the sender had it. */
export const ParkedProperties = z.object({
  'x-parked-code': z.string().meta({ description: 'Why, for programs.' }),
  'x-parked-reason': z.string().meta({ description: 'Why, for people.' }),
  'x-parked-stack': z.string().optional(),
  'x-parked-attempts': z.int().optional().meta({ description: 'How often it was tried.' }),
  'x-parked-at': z.iso.datetime(),
  'x-parked-routing-key': z.string().meta({ description: 'Where it had been sent.' }),
});

/** What is stored with every event. */
export const Metadata = z.object({
  command_id: z.string().meta({ description: 'The command that it is the outcome of.' }),
  command_digest: z.string().optional().meta({ description: 'Tells whether the id came again with another command.' }),
  causation_id: z.string(),
  correlation_id: z.string(),
  actor: z.string().optional().meta({ description: 'Who asked.' }),
  traceparent: z.string().optional(),
  schema_version: z.int(),
  recorded_at: z.iso.datetime().meta({ description: 'By the clock of the command-service that decided.' }),
}) satisfies z.ZodType<EventMetadata>;

/** The data of the record that a command had no effect. */
export const NoEffect = z.object({
  command: z.string().meta({ description: 'The type of the command.' }),
  data: z.unknown().meta({ description: 'What it said.' }),
});

/** The data of the event that records a refusal. */
export const Refusal = z.object({
  command: z.string(),
  data: z.unknown(),
  code: z.string(),
  message: z.string(),
});
